from __future__ import annotations

import pytest
import torch

from models.nets.gaussian_mixture import GaussianMixture


def two_clouds(points: int = 4000) -> torch.Tensor:
    """Three quarters around (5, 0) with correlated coordinates, a quarter around (-5, 0)."""
    generator = torch.Generator().manual_seed(0)
    noise = torch.randn(points, 2, generator=generator)
    right = torch.rand(points, 1, generator=generator) < 0.75
    correlated = noise @ torch.tensor([[1.0, 0.8], [0.0, 0.6]])
    return torch.where(right, correlated + torch.tensor([5.0, 0.0]), 0.5 * noise - torch.tensor([5.0, 0.0]))


def fitted(codes: torch.Tensor, components: int) -> GaussianMixture:
    mixture = GaussianMixture(components, codes.shape[1])
    mixture.fit(codes)
    return mixture


def test_it_finds_the_clouds_that_codes_were_drawn_from():
    mixture = fitted(two_clouds(), 2)
    right = mixture.means[:, 0].argmax()
    assert mixture.weights[right].item() == pytest.approx(0.75, abs=0.03)
    covariance = mixture.factors[right] @ mixture.factors[right].T
    assert covariance == pytest.approx(torch.tensor([[1.0, 0.8], [0.8, 1.0]]), abs=0.08)


@pytest.mark.parametrize("components", [1, 2])
def test_its_draws_have_the_moments_of_the_codes(components):
    codes = two_clouds()
    drawn = fitted(codes, components).draw(20_000, torch.Generator().manual_seed(0))
    assert drawn.mean(0) == pytest.approx(codes.mean(0), abs=0.1)
    assert drawn.T.cov() == pytest.approx(codes.T.cov(), abs=0.5)


def test_its_draws_lie_in_the_clouds_and_not_between_them():
    drawn = fitted(two_clouds(), 2).draw(2000, torch.Generator().manual_seed(0))
    assert (drawn[:, 0].abs() < 1.5).float().mean() < 0.01


def test_the_same_seed_draws_the_same():
    mixture = fitted(two_clouds(), 2)
    first, again = (mixture.draw(5, torch.Generator().manual_seed(3)) for _ in range(2))
    assert torch.equal(first, again)


def test_before_a_fit_it_is_a_standard_normal():
    drawn = GaussianMixture(3, 2).draw(20_000, torch.Generator().manual_seed(0))
    assert drawn.T.cov() == pytest.approx(torch.eye(2), abs=0.05)
