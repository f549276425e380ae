"""The panel's question in Python: one picture through every model of the chosen sets."""

from __future__ import annotations

from playground.tabs.sampling.reconstruct.request import ReconstructRequest

SNIPPET = """\
import torch

from models.losses.evidence import bits_per_dimension
from models.nets.autoencoder import Autoencoder
from models.nets.nvae import NVAE
from playground.tabs.sampling.reconstruct.sources import example, fitted

for name in {models!r}:
    network = (NVAE if name.startswith("nvae") else Autoencoder).from_pretrained(f"models/zoo/{{name}}").eval()
    trained_on = name.split("-")[1]
    picture = example({example!r}, {number}, trained_on)  # or any array (H, W, 3) of bytes
    seen, _ = fitted(picture, trained_on, invert={invert})
    pictures = torch.from_numpy(seen.copy()).permute(2, 0, 1)[None] / 255
    with torch.inference_mode():
        error = (network.reconstruct(pictures) - pictures).square().mean()
        print(name, f"squared error {{float(error):.4f}}")
        if isinstance(network, NVAE):
            encoding = network(pictures, torch.Generator().manual_seed(0))
            bits = bits_per_dimension(encoding.kl, encoding.pixels, pictures)
            print(name, f"{{float(bits):.2f}} bits per dimension")
"""


def snippet(request: ReconstructRequest) -> str:
    """Code that passes the request's example through its models."""
    models = [model.removeprefix("zoo/") for model in request.models()]
    return SNIPPET.format(example=request.example, number=request.number, models=models, invert=request.invert)
