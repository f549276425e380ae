from __future__ import annotations

import json
import sys
from dataclasses import replace

import pytest
import torch
from PIL import Image

from models.nets.autoencoder import TREATMENTS, Autoencoder, AutoencoderConfig, Settings
from models.nets.picture_features import PictureFeatures, PictureFeaturesConfig
from models.recipes import autoencoder_quality, autoencoders
from models.recipes.autoencoder_quality import SHEETS, as_bytes, measure
from models.recipes.autoencoders import IDS, RECIPES, Recipe, batches_of, recipe_of, train_model
from models.recipes.picture_sets import PictureSet, at_random, read_pictures
from models.recipes.shipping import ship_network

DIGITS = Recipe(AutoencoderConfig(latents=4, widths=(32,)), Settings(), steps=3)


@pytest.fixture(autouse=True)
def digits(tmp_path, monkeypatch):
    """A recipe of very few steps on the digits, which need no data."""
    monkeypatch.setenv("WHYBOX_TRAIN_DIR", str(tmp_path / "train"))
    monkeypatch.setitem(RECIPES, "digits", DIGITS)
    monkeypatch.setattr(autoencoders, "IDS", ("ae-digits", "eae-digits"))
    monkeypatch.setattr(autoencoder_quality, "IDS", ("ae-digits", "eae-digits"))
    for module in (autoencoders, autoencoder_quality):
        monkeypatch.setattr(module, "ZOO", tmp_path)


def pictures() -> torch.Tensor:
    generator = torch.Generator().manual_seed(0)
    return torch.randint(256, (300, 1, 8, 8), generator=generator, dtype=torch.uint8)


def features() -> PictureFeatures:
    torch.manual_seed(0)
    return PictureFeatures(PictureFeaturesConfig(1, 8, (4, 4), 8, {"class": ["a", "b"]})).eval()


def run(command, *arguments: str) -> None:
    sys.argv = ["recipe", *arguments]
    command()


def test_two_autoencoders_are_trained_shipped_measured_and_described(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "argv", sys.argv)
    ids = ("ae-digits", "eae-digits")
    network = features()
    ship_network(tmp_path / "features-digits", network, network.config, {})
    run(autoencoders.main, *ids, "--data", str(tmp_path))
    run(autoencoder_quality.main, *ids, "--data", str(tmp_path))
    for model_id in ids:
        folder = tmp_path / model_id
        measured = json.loads((folder / "measured.json").read_text(encoding="utf-8"))
        card = (folder / "README.md").read_text(encoding="utf-8")
        assert "task: image-autoencoder" in card
        assert f"| Fréchet distance, samples from N(0, I) | {measured['frechet']['normal']:.2f} |" in card
        assert ("Nothing gave this model's codes a scale" in card) == (model_id == "ae-digits")
        for sheet in SHEETS.values():
            with Image.open(folder / sheet) as drawn:
                assert drawn.size == (832, 832)


def test_the_five_of_a_set_differ_in_the_treatment_only():
    for name in ("fashion28", "pixelart16"):
        recipes = [recipe_of(f"{treatment}-{name}") for treatment in TREATMENTS]
        assert [recipe.config.treatment for recipe in recipes] == list(TREATMENTS)
        assert {replace(recipe, config=replace(recipe.config, treatment="ae")) for recipe in recipes} == {recipes[0]}
    assert len(IDS) == 10


def test_an_epoch_holds_every_picture_once_but_for_the_rest_and_counts_its_steps():
    numbered = torch.arange(300)[:, None, None, None]
    batches = list(batches_of(numbered, seed=0, epoch=2))
    assert [int(step) for _, step in batches] == [4, 5]
    assert len(torch.cat([batch for batch, _ in batches]).unique()) == 2 * autoencoders.BATCH
    again = next(batches_of(numbered, seed=0, epoch=2))[0]
    assert torch.equal(again, batches[0][0])
    assert not torch.equal(again, next(batches_of(numbered, seed=0, epoch=3))[0])


@pytest.mark.parametrize("treatment", TREATMENTS)
def test_the_same_seed_trains_the_same_model(treatment, tmp_path, monkeypatch):
    found = []
    for place in ("first", "second"):
        monkeypatch.setenv("WHYBOX_TRAIN_DIR", str(tmp_path / place))
        model, _ = train_model(f"{treatment}-digits", pictures(), seed=1)
        found.append(model.sample(3))
    assert torch.equal(*found)


def test_what_ships_in_half_precision_reconstructs_nearly_the_same(tmp_path):
    model, training = train_model("eae-digits", pictures(), seed=1)
    ship_network(tmp_path / "eae", model, model.config, training)
    shipped = Autoencoder.from_pretrained(tmp_path / "eae").eval()
    values = pictures()[:8].float() / 255
    with torch.inference_mode():
        assert shipped.reconstruct(values) == pytest.approx(model.reconstruct(values), abs=5e-3)


def test_reconstructions_that_are_the_pictures_have_no_error_and_no_distance():
    class Perfect(Autoencoder):
        def encode(self, pictures):
            return pictures.flatten(1)

        def decode(self, codes):
            return codes.unflatten(1, (1, 8, 8)).clamp(0, 1)

    test = pictures()
    model = Perfect(AutoencoderConfig("ae", latents=64, components=1))
    figures = measure(model, PictureSet("digits", test, test, {}), features())
    assert figures["squared_error"] == figures["frechet"]["reconstructions"] == figures["real_against_real"] == 0
    assert figures["frechet"]["normal"] > 0
    assert (figures["test"], figures["compared"]) == (300, 300)


def test_pictures_are_rounded_to_the_values_that_real_ones_have():
    assert as_bytes(torch.tensor([0.0, 0.5, 1.0])).tolist() == [0, 128, 255]


def test_pictures_at_random_keep_their_order_and_come_from_the_whole_set():
    numbers = torch.arange(1000)
    some = at_random(numbers, 100, seed=1)
    assert (some.diff() > 0).all()
    assert 400 < some.float().mean() < 600
    assert torch.equal(some, at_random(numbers, 100, seed=1))
    assert torch.equal(at_random(numbers, 2000), numbers)


def test_the_digits_need_no_data(tmp_path):
    assert read_pictures(tmp_path, "digits").train.shape[1:] == (1, 8, 8)
