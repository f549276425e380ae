from __future__ import annotations

import json
import sys

import pytest
import torch

from models.nets.nvae import NVAE, NVAEConfig
from models.nets.readjustment import read_readjusted, statistics_at
from models.recipes import nvae, nvae_shipping
from models.recipes.nvae import RECIPES, Recipe, parameters, plain, plain_of
from models.recipes.nvae_shipping import take_statistics, trained_model
from models.recipes.picture_sets import PictureSet

NAME = "nvae-pixelart16"
SHAPE = NVAEConfig(side=8, widths=(4, 4), groups=(1, 2), latent_channels=2, kernel=3, mixtures=2)
PICTURES = torch.randint(256, (40, 3, 8, 8), generator=torch.Generator().manual_seed(0), dtype=torch.uint8)


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run the recipe on few small pictures with options; gives the zoo."""
    monkeypatch.setenv("WHYBOX_TRAIN_DIR", str(tmp_path / "train"))
    monkeypatch.setattr(nvae, "ZOO", tmp_path)
    monkeypatch.setattr(nvae, "read_pictures", lambda data, name: PictureSet(name, PICTURES, PICTURES[:9], {}))
    monkeypatch.setattr(nvae_shipping, "BATCHES", 2)
    monkeypatch.setattr(nvae_shipping, "readjust_all", lambda model: {"temperatures": torch.tensor([0.5, 1.0])})

    def run(steps: int, *options: str) -> None:
        monkeypatch.setitem(RECIPES, NAME, Recipe("pixelart16", SHAPE, steps, batch=4))
        monkeypatch.setattr(sys, "argv", ["recipe", NAME, "--data", str(tmp_path), *options])
        nvae.main()

    return run


def state_of(tmp_path, name: str = NAME) -> dict:
    return torch.load(tmp_path / "train" / name / "state.pt", weights_only=True)


@pytest.mark.parametrize("weights", ["average", "last"])
def test_what_ships_is_the_better_of_the_average_and_the_last_weights(run, tmp_path, monkeypatch, weights):
    order = iter([1.0, 2.0] if weights == "average" else [2.0, 1.0])
    monkeypatch.setattr(nvae_shipping, "bits_of", lambda model, pictures: next(order))
    run(4)
    state, shipped = state_of(tmp_path), NVAE.from_pretrained(tmp_path / NAME).state_dict()
    prefix = {"average": "module.", "last": ""}[weights]
    for name, _ in NVAE(SHAPE).named_parameters():
        expected = state[{"average": "average", "last": "model"}[weights]][prefix + name]
        assert torch.allclose(shipped[name], expected, atol=1e-3, rtol=1e-3), name
    assert json.loads((tmp_path / NAME / "training.json").read_text(encoding="utf-8"))["weights"] == weights


def test_an_unfinished_training_can_be_exported_and_says_so(run, tmp_path):
    run(3)
    run(50, "--export")
    training = json.loads((tmp_path / NAME / "training.json").read_text(encoding="utf-8"))
    assert (training["steps"], training["planned_steps"]) == (3, 50)
    assert state_of(tmp_path)["step"] == 3


def test_the_statistics_for_each_temperature_ship_beside_the_weights(run, tmp_path):
    run(2)
    assert statistics_at(read_readjusted(tmp_path / NAME), 0.7) == {}  # of no BatchNorm: the fixture measures none


def test_the_plain_vae_is_trained_alike_but_never_ships(run, tmp_path):
    run(2, "--plain")
    name, recipe = plain_of(NAME)
    assert not (tmp_path / NAME).exists()
    assert trained_model(name, recipe.config, PICTURES).steps == 2


def test_a_training_that_never_ran_cannot_be_exported(run):
    with pytest.raises(FileNotFoundError):
        run(2, "--export")


@pytest.mark.parametrize("name", ["nvae-pixelart16", "nvae-fashion28"])
def test_the_plain_vae_has_one_group_at_the_top_and_about_as_many_parameters(name):
    config = RECIPES[name].config
    other = plain(config)
    assert other.groups == (0,) * (len(config.groups) - 1) + (1,)
    assert parameters(other) == pytest.approx(parameters(config), rel=0.1)


def test_batchnorm_statistics_are_those_of_the_pictures():
    torch.manual_seed(0)
    model = NVAE(SHAPE)
    same = PICTURES[:1].expand(20, -1, -1, -1)
    take_statistics(model, same, batches=3)
    with torch.inference_mode():
        features = model.bottom_up.stem(2 * same[:1].float() / 255 - 1)
    norm = model.bottom_up.levels[0].norm1
    assert torch.allclose(norm.running_mean, features.mean((0, 2, 3)), atol=1e-5)
    assert torch.allclose(norm.running_var, features.var((0, 2, 3), unbiased=False), rtol=1e-3)
    assert not model.training
