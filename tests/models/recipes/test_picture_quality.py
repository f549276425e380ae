from __future__ import annotations

import hashlib
import json
import math
import shutil
import sys
from functools import partial

import pytest
import torch
import yaml
from PIL import Image

from models.nets.nvae import NVAE, NVAEConfig
from models.nets.picture_features import PictureFeatures, PictureFeaturesConfig
from models.nets.readjustment import readjust_all
from models.recipes import nvae, nvae_shipping, picture_quality
from models.recipes.card import figures_row, render_card
from models.recipes.nvae import RECIPES, Recipe
from models.recipes.picture_quality import figures, importance_weighted, sampled_distances
from models.recipes.picture_sets import PictureSet
from models.recipes.sample_sheet import COLUMNS, GAP, ROWS, sheet
from models.recipes.sheet_notes import read_notes, write_blank_notes
from models.recipes.shipping import ship_network

NAME = "nvae-pixelart16"
SHAPE = NVAEConfig(side=8, widths=(4, 4), groups=(1, 2), latent_channels=2, kernel=3, mixtures=2)
FEATURES = PictureFeaturesConfig(3, 8, (4, 4), 6, {"hat": ["none", "cap"]})
PICTURES = torch.randint(256, (60, 3, 8, 8), generator=torch.Generator().manual_seed(0), dtype=torch.uint8)


@pytest.fixture
def model() -> NVAE:
    torch.manual_seed(0)
    return NVAE(SHAPE).eval()


@pytest.fixture
def features() -> PictureFeatures:
    torch.manual_seed(1)
    return PictureFeatures(FEATURES).eval()


@pytest.fixture(scope="module")
def measured_folder(tmp_path_factory):
    """The folder of a trained, shipped and measured model."""
    zoo = tmp_path_factory.mktemp("zoo")
    few_rounds = partial(readjust_all, temperatures=(0.7, 1.0), rounds=1)
    torch.manual_seed(1)
    features = PictureFeatures(FEATURES)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WHYBOX_TRAIN_DIR", str(zoo / "train"))
        patch.setattr(nvae_shipping, "BATCHES", 1)
        patch.setattr(nvae_shipping, "readjust_all", few_rounds)
        patch.setattr(picture_quality, "readjust_all", lambda model, temperatures: few_rounds(model))
        patch.setattr(picture_quality, "COMPARED", 30)
        patch.setitem(RECIPES, NAME, Recipe("pixelart16", SHAPE, 2, batch=4))
        for module in (nvae, picture_quality):
            patch.setattr(module, "ZOO", zoo)
            patch.setattr(module, "read_pictures", lambda data, name: PictureSet(name, PICTURES, PICTURES[:40], {}))
        ship_network(zoo / "features-pixelart16", features, FEATURES, {})
        for command, options in ((nvae, []), (nvae, ["--plain"]), (picture_quality, [])):
            patch.setattr(sys, "argv", ["recipe", NAME, "--data", str(zoo), *options])
            command.main()
    return zoo / NAME


@pytest.fixture
def folder(measured_folder, tmp_path):
    """A copy that a test may change."""
    return shutil.copytree(measured_folder, tmp_path / NAME)


def measured_in(folder) -> dict:
    return json.loads((folder / "measured.json").read_text(encoding="utf-8"))


def test_a_shipped_model_is_measured_beside_its_plain_vae_and_described(folder):
    measured, card = measured_in(folder), (folder / "README.md").read_text(encoding="utf-8")
    assert measured["weights_sha256"] == hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    assert len(measured["kl"]) == len(measured["active_units"]) == 3
    assert measured["plain"]["steps"] == 2
    assert card == render_card(folder)
    for part in ("| 0.7 | re-adjusted | drawn |", "plain VAE | ratio |", "1 of 2x8x8", "Nobody has judged"):
        assert part in card
    assert figures_row(folder).startswith(f"| `{NAME}` |")
    notes = yaml.safe_load((folder / "sheet.yaml").read_text(encoding="utf-8"))
    assert notes == {"weights_sha256": measured["weights_sha256"], "wrong": dict.fromkeys(range(1, 65))}
    with Image.open(folder / "samples.png") as drawn:
        assert drawn.width == COLUMNS * (96 + 2 * GAP)


def test_the_card_of_a_model_without_a_plain_vae_leaves_its_column_out(folder):
    measured = measured_in(folder) | {"plain": None}
    (folder / "measured.json").write_text(json.dumps(measured), encoding="utf-8")
    assert "plain VAE" not in render_card(folder)


def test_notes_stand_in_the_card_once_all_64_are_judged_on_these_weights(folder):
    weights = measured_in(folder)["weights_sha256"]
    notes = dict.fromkeys(range(1, 65), "ok") | {3: "an eye is missing"}
    for content, expected in (
        ({"weights_sha256": weights, "wrong": notes}, 64),
        ({"weights_sha256": weights, "wrong": notes | {4: None}}, 0),
        ({"weights_sha256": "another", "wrong": notes}, 0),
    ):
        (folder / "sheet.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
        assert len(read_notes(folder, weights)) == expected
        assert ("nothing wrong in 63 of 64" in render_card(folder)) == (expected == 64)


@torch.inference_mode()
def test_bits_and_kl_are_those_of_each_picture_summed(model):
    found = figures(model, PICTURES[:5], seed=3)
    pictures = PICTURES[:5].float() / 255
    encoding = model(pictures, torch.Generator().manual_seed(3))
    nats = sum(group.sum() for group in encoding.kl) - encoding.pixels.log_likelihood(pictures).sum()
    assert found["bits_per_dimension"] == pytest.approx(float(nats) / 5 / 192 / math.log(2), abs=1e-3)
    assert sum(found["kl"]) == pytest.approx(sum(float(group.sum()) for group in encoding.kl) / 5, abs=0.05)


def test_the_bound_of_many_draws_is_no_looser_than_that_of_one(model):
    found = importance_weighted(model, PICTURES[:6])
    assert found["bits_per_dimension"] <= found["single"]
    assert found["single"] == pytest.approx(figures(model, PICTURES[:6])["bits_per_dimension"], rel=0.02)


def test_notes_are_kept_for_the_weights_they_were_made_on(tmp_path):
    write_blank_notes(tmp_path, "abc")
    (tmp_path / "sheet.yaml").write_text("weights_sha256: abc\nwrong: {1: ok}\n", encoding="utf-8")
    write_blank_notes(tmp_path, "abc")
    assert read_notes(tmp_path, "abc") == {}
    assert "1: ok" in (tmp_path / "sheet.yaml").read_text(encoding="utf-8")
    write_blank_notes(tmp_path, "another")
    assert "ok}" not in (tmp_path / "sheet.yaml").read_text(encoding="utf-8")


@torch.inference_mode()
def test_samples_are_at_distance_zero_from_their_own_features(model, features):
    pictures = model.sample(20, 0.7, seed=5)
    distances = sampled_distances(model, 0.7, features.features(pictures), features, seed=5)
    assert distances["mean"] == pytest.approx(0, abs=1e-3)
    assert distances["drawn"] > distances["mean"]


def test_a_sheet_reads_in_rows_and_keeps_pixels_square():
    pictures = torch.zeros(COLUMNS * ROWS, 1, 96, 96)
    pictures[1] = 1
    drawn = sheet(pictures)
    step = 96 + 2 * GAP
    assert drawn.size == (COLUMNS * step, ROWS * step)
    centres = [drawn.getpixel((place * step + 50, 50))[0] for place in range(3)]
    assert centres == [0, 255, 0]
