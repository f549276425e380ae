from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from models.nets.autoencoder import TREATMENTS, Autoencoder, AutoencoderConfig
from models.nets.nvae import NVAE
from models.nets.picture_features import PictureFeatures, PictureFeaturesConfig
from playground.runtime.catalogue import read_entry
from playground.runtime.errors import ModelUnavailable
from playground.runtime.loaders import load
from playground.runtime.weights import count_parameters, memory_needed
from tests.tiny_zoo import PICTURES, write_nvae

CPU = torch.device("cpu")
SHAPE = PICTURES["nvae-pixelart16"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_nvae(tmp_path / "tiny", SHAPE)
    return tmp_path / "tiny"


def change(folder: Path, **fields: Any) -> None:
    file = folder / "config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | fields))


def test_a_loaded_nvae_draws_what_the_saved_one_drew(tmp_path: Path) -> None:
    saved = write_nvae(tmp_path / "tiny", SHAPE)
    loaded = load(tmp_path / "tiny", "image-vae", CPU)
    assert isinstance(loaded.model, NVAE)
    assert loaded.tokenizer is None
    assert {parameter.dtype for parameter in loaded.model.parameters()} == {torch.float32}
    with torch.inference_mode():
        assert torch.equal(loaded.model.sample(2), saved.eval().sample(2))


@pytest.mark.parametrize("treatment", TREATMENTS)
def test_a_loaded_autoencoder_draws_what_the_saved_one_drew(treatment: Any, tmp_path: Path) -> None:
    saved = Autoencoder(AutoencoderConfig(treatment=treatment, side=8, widths=(4, 4), latents=3)).half()
    saved.save_pretrained(tmp_path)
    loaded = load(tmp_path, "image-autoencoder", CPU).model
    assert isinstance(loaded, Autoencoder)
    assert torch.equal(loaded.sample(2), saved.float().eval().sample(2))
    assert torch.equal(loaded.sample_mixture(2), saved.sample_mixture(2))


def test_a_loaded_classifier_finds_the_features_that_the_saved_one_found(tmp_path: Path) -> None:
    saved = PictureFeatures(PictureFeaturesConfig(side=8, widths=(4, 4), features=5, heads={"hair": ("red", "grey")}))
    saved.save_pretrained(tmp_path)
    loaded = load(tmp_path, "image-features", CPU).model
    assert isinstance(loaded, PictureFeatures)
    pictures = torch.rand(2, 3, 8, 8)
    assert torch.equal(loaded.features(pictures), saved.eval().features(pictures))
    assert list(loaded(pictures)) == ["hair"]


def test_an_nvae_comes_with_its_readjusted_statistics(folder: Path) -> None:
    model = load(folder, "image-vae", CPU).model
    assert isinstance(model, NVAE)
    assert torch.equal(model.readjusted["temperatures"], torch.tensor([0.5, 1.0]))


def test_an_nvae_without_readjusted_statistics_is_loaded_without(folder: Path) -> None:
    (folder / "readjusted.safetensors").unlink()
    assert load(folder, "image-vae", CPU).model.readjusted == {}


def test_loading_says_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    load(folder, "image-vae", CPU)
    assert capsys.readouterr() == ("", "")


def test_loading_leaves_the_random_numbers_of_others_where_they_were(folder: Path) -> None:
    before = torch.random.get_rng_state()
    load(folder, "image-vae", CPU)
    assert torch.equal(torch.random.get_rng_state(), before)


@pytest.mark.parametrize(
    "fields",
    [
        {"surprise": 1},
        {"widths": "wide"},
        {"widths": [10**9] * 3},
        {"groups": [0, 1, 4000]},
        {"widths": [4] * 33, "groups": [1] * 33},
        {"groups": [0, 1]},
        {"groups": [0, 0, 0]},
        {"side": -16},
        {"side": 17},
        {"channels": 0},
        {"likelihood": "guess"},
        {"model_type": "whybox-autoencoder"},
        {"mixtures": 2.5},
    ],
    ids=str,
)
def test_a_configuration_of_no_model_is_a_sentence(fields: dict[str, Any], folder: Path) -> None:
    change(folder, **fields)
    with pytest.raises(ModelUnavailable, match=r"The config\.json of tiny does not describe"):
        load(folder, "image-vae", CPU)


@pytest.mark.parametrize("text", ["", "[]", "{", "\xff"])
def test_a_damaged_configuration_is_a_sentence(text: str, folder: Path) -> None:
    (folder / "config.json").write_text(text, encoding="latin-1")
    with pytest.raises(ModelUnavailable, match=r"The config\.json of tiny does not describe"):
        load(folder, "image-vae", CPU)


def test_a_configuration_that_the_weights_do_not_fit_is_a_sentence_and_allocates_nothing(folder: Path) -> None:
    change(folder, widths=[4096, 4096, 4096])
    with pytest.raises(ModelUnavailable, match=r"The weights of tiny do not fit its config\.json\."):
        load(folder, "image-vae", CPU)


def test_the_memory_set_aside_counts_the_readjusted_statistics_too(folder: Path) -> None:
    files = [folder / "model.safetensors", folder / "readjusted.safetensors"]
    entry = read_entry(folder, "zoo")
    assert entry.task == "image-vae"
    assert entry.bytes == sum(file.stat().st_size for file in files)
    needed = memory_needed(sum(map(count_parameters, files)))
    assert memory_needed(entry.parameters) == needed > 4 * sum(p.numel() for p in NVAE(SHAPE).parameters())


@pytest.mark.parametrize(
    ("model_type", "task"),
    [
        ("whybox-nvae", "image-vae"),
        ("whybox-autoencoder", "image-autoencoder"),
        ("whybox-picture-features", "image-features"),
    ],
)
def test_networks_of_pictures_are_known_by_their_type(model_type: str, task: str, folder: Path) -> None:
    change(folder, model_type=model_type)
    (folder / "README.md").unlink()
    assert read_entry(folder, "local").task == task
