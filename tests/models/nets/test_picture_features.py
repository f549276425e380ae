from __future__ import annotations

import pytest
import torch

from models.nets.picture_features import PictureFeatures, PictureFeaturesConfig
from models.recipes.shipping import ship_network

CONFIG = PictureFeaturesConfig(1, 7, (4, 6), 5, {"colour": ["red", "blue"], "hat": ["none", "cap", "crown"]})


@pytest.fixture
def model() -> PictureFeatures:
    torch.manual_seed(0)
    return PictureFeatures(CONFIG).eval()


def test_every_attribute_has_a_logit_for_every_value(model):
    logits = model(torch.rand(3, 1, 7, 7))
    assert {name: tuple(head.shape) for name, head in logits.items()} == {"colour": (3, 2), "hat": (3, 3)}


def test_the_heads_are_linear_in_the_features(model):
    pictures = torch.rand(3, 1, 7, 7)
    assert torch.equal(model(pictures)["hat"], model.heads[1](model.features(pictures)))


def test_features_have_mean_0_and_variance_1_over_the_pictures_trained_on(model):
    features = model.train().features(torch.rand(64, 1, 7, 7))
    assert features.mean(0).abs().max() < 1e-5
    assert torch.allclose(features.var(0, unbiased=False), torch.ones(5), atol=0.05)


def test_a_shipped_classifier_comes_back_the_same(model, tmp_path):
    ship_network(tmp_path, model, CONFIG, {})
    loaded = PictureFeatures.from_pretrained(tmp_path).eval()
    pictures = torch.rand(3, 1, 7, 7)
    assert loaded.config.widths == CONFIG.widths
    assert torch.allclose(loaded.features(pictures), model.features(pictures), atol=2e-2)
