import json

import numpy as np
import pytest
import torch

from models.nets.autoencoder import Autoencoder, AutoencoderConfig
from models.nets.nvae import NVAE, NVAEConfig
from models.recipes.held_out import AUTOENCODERS, FILE, NVAES, measure, quantiles
from models.recipes.shipping import ZOO, measured_on


def test_quantiles_are_those_of_numpy_with_both_ends():
    values = torch.randperm(1000).float()
    found = quantiles(values)
    assert len(found) == 101
    assert (found[0], found[50], found[-1]) == (0, 499.5, 999)


def test_an_autoencoders_errors_are_those_of_its_reconstructions():
    model = Autoencoder(AutoencoderConfig("ae", side=8, latents=2, widths=(8,), components=1)).eval()
    pictures = torch.randint(0, 256, (7, 1, 8, 8), dtype=torch.uint8)
    found = measure(model, pictures)
    with torch.inference_mode():
        errors = ((model.reconstruct(pictures / 255) - pictures / 255) ** 2).mean((1, 2, 3))
    assert found["squared_error"][0] == pytest.approx(float(errors.min()), rel=1e-4)
    assert found["squared_error"][-1] == pytest.approx(float(errors.max()), rel=1e-4)
    assert "bits" not in found


def test_an_nvae_has_bits_and_the_same_ones_each_time():
    torch.manual_seed(0)
    shape = {"widths": (4, 4), "groups": (0, 1), "latent_channels": 2, "expansion": 2, "mixtures": 2}
    model = NVAE(NVAEConfig(side=8, **shape)).eval()
    pictures = torch.randint(0, 256, (5, 3, 8, 8), dtype=torch.uint8)
    found = measure(model, pictures)
    assert found == measure(model, pictures)
    assert len(found["bits"]) == 101


def shipped():
    """The figures that ship, by model."""
    return json.loads(FILE.read_text("utf-8"))


def test_every_model_that_ships_has_figures_of_its_own_weights():
    here = [id for id in (*NVAES, *AUTOENCODERS) if (ZOO / id / "model.safetensors").exists()]
    taken = {id: entry["weights_sha256"] for id, entry in shipped().items()}
    assert taken == {id: measured_on(ZOO / id)["weights_sha256"] for id in here}


def test_figures_rise_from_the_lowest_to_the_highest():
    for entry in shipped().values():
        assert (np.diff(entry["squared_error"]) >= 0).all()
        assert (np.diff(entry.get("bits", [0])) >= 0).all()
