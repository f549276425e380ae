from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.tabs.collapse.augmentation import BRIGHTNESS, CONTRAST, augmented

IMAGES = torch.randn(64, 3, 9, 12, generator=torch.Generator().manual_seed(0))
# A picture whose pixels say where they are: columns in the first channel, rows in the second.
PLACES = torch.stack(torch.meshgrid(torch.arange(12.0), torch.arange(9.0), indexing="xy"))


def _draw(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_without_noise_a_view_is_the_image():
    assert torch.equal(augmented(IMAGES, _draw(), 0.0), IMAGES)


@settings(max_examples=20, deadline=None)
@given(st.floats(0, 3), st.integers(0, 100))
def test_a_view_has_the_images_shape_and_finite_pixels(noise, seed):
    view = augmented(IMAGES, _draw(seed), noise)
    assert view.shape == IMAGES.shape
    assert view.isfinite().all()


def test_the_generator_alone_decides_a_view():
    assert torch.equal(augmented(IMAGES, _draw(4), 1.0), augmented(IMAGES, _draw(4), 1.0))
    assert not torch.equal(augmented(IMAGES, _draw(4), 1.0), augmented(IMAGES, _draw(5), 1.0))


@pytest.fixture
def geometry(monkeypatch):
    """Where each pixel of 400 views was read, (400, 2, 9, 12)."""
    for name in ("CONTRAST", "BRIGHTNESS", "GRAIN"):
        monkeypatch.setattr(f"playground.tabs.collapse.augmentation.{name}", 0.0)
    return augmented(PLACES.expand(400, -1, -1, -1), _draw(), 1.0)


def test_half_of_the_views_are_mirrored(geometry):
    mirrored = geometry[:, 0, 0, 0] > geometry[:, 0, 0, -1]
    assert mirrored.float().mean().item() == pytest.approx(0.5, abs=0.1)


def test_rows_keep_their_order_and_a_crop_leaves_out_at_most_its_share(geometry):
    rows = geometry[:, 1, :, 0]
    assert (rows.diff(dim=1) >= 0).all()
    assert (rows[:, -1] - rows[:, 0] >= 0.6 * 9 - 2).all()
    assert (rows[:, -1] - rows[:, 0] < 8).any()


def test_brightness_and_contrast_stay_within_their_range(monkeypatch):
    monkeypatch.setattr("playground.tabs.collapse.augmentation.GRAIN", 0.0)
    flat = augmented(torch.ones(500, 1, 4, 4), _draw(), 1.0)
    assert flat.flatten(1).std(dim=1).max() < 1e-6
    assert (flat - 1).abs().max() <= CONTRAST + BRIGHTNESS
    assert (flat - 1).abs().max() > 0.6 * (CONTRAST + BRIGHTNESS)
