"""The engine of the panel: the picture, then set by set and model by model what is made of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Generator, Tensor

from models.losses.evidence import bits_per_dimension
from models.nets.nvae import NVAE
from playground.runtime.contracts import Context, Frame
from playground.runtime.errors import ModelUnavailable
from playground.tabs.sampling.reconstruct.frames import Bytes, Missing, Original, Prepared, Reconstruction
from playground.tabs.sampling.reconstruct.held_out import recorded, share_below
from playground.tabs.sampling.reconstruct.request import MODELS, ReconstructRequest
from playground.tabs.sampling.reconstruct.sources import example, fitted, picture_of, squared

VERSION = "1"
FRAMES: tuple[type[Frame], ...] = (Frame, Original, Prepared, Reconstruction, Missing)

DRAWS = 4  # from the posterior, for the likelihood
SEED = 0
SHOWN_SIDE = 256


def run(request: ReconstructRequest, context: Context) -> Iterator[Frame]:
    """Answer with one frame a model; ends early when the run is cancelled."""
    picture = picture_of(request, context)
    height, width = picture.shape[:2]
    yield Original(0.0, _for_show(squared(picture)), width, height)
    wanted, finished = len(request.models()), 0
    for name, models in MODELS.items():
        if name not in request.sets:
            continue
        if request.source == "example":
            picture = example(request.example, request.number, name)
        seen, steps = fitted(picture, name, invert=request.invert)
        yield Prepared(finished / wanted, name, seen, steps)
        for model in models:
            if context.cancelled:
                return
            finished += 1
            yield from _passed(f"zoo/{model}", name, seen, finished / wanted, context)


def _passed(model: str, name: str, seen: Bytes, done: float, context: Context) -> Iterator[Frame]:
    """What a model makes of the picture, or why it cannot be asked."""
    try:
        with context.lease(model) as loaded, torch.inference_mode():
            yield Frame(done)
            yield _reconstruction(loaded.model, model, name, seen, done)
    except ModelUnavailable as error:
        yield Missing(done, name, model, error.message, {key: str(value) for key, value in error.values.items()})


def _reconstruction(network: Any, model: str, name: str, seen: Bytes, done: float) -> Reconstruction:
    device = next(network.parameters()).device
    pictures = _to_pictures(seen).to(device)
    made = network.reconstruct(pictures).float().cpu()[0].permute(1, 2, 0).numpy()
    difference = made - seen / np.float32(255)
    squared_error = float((difference.astype(np.float64) ** 2).mean())
    bits, latent_bits = _bits(network, pictures) if isinstance(network, NVAE) else (None, None)
    held_out = recorded().get(model)
    return Reconstruction(
        done,
        set=name,
        model=model,
        picture=(made * 255).round().astype(np.uint8),
        errors=np.abs(difference).mean(2),
        squared_error=squared_error,
        bits=bits,
        latent_bits=latent_bits,
        error_below=share_below(squared_error, held_out.squared_error) if held_out else None,
        bits_below=share_below(bits, held_out.bits) if held_out and bits is not None else None,
        held_out=held_out.pictures if held_out else 0,
    )


def _bits(network: NVAE, pictures: Tensor) -> tuple[float, float]:
    """The picture's cost per dimension, the mean of a few draws from the posterior, and the part of it that is KL."""
    again = pictures.expand(DRAWS, -1, -1, -1)
    encoding = network(again, Generator().manual_seed(SEED))
    bits = bits_per_dimension(encoding.kl, encoding.pixels, again)
    output = encoding.pixels.log_likelihood(again).sum((1, 2)) / (again[0].numel() * np.log(2))
    return float(bits.double().mean()), float((bits + output).double().mean())


def _to_pictures(seen: Bytes) -> Tensor:
    """Bytes (H, W, C) as a batch (1, C, H, W) in [0, 1]."""
    return torch.from_numpy(seen.transpose(2, 0, 1)[None] / np.float32(255)).contiguous()


def _for_show(square: Bytes) -> Bytes:
    if len(square) <= SHOWN_SIDE:
        return np.ascontiguousarray(square)
    image = Image.fromarray(np.ascontiguousarray(square))
    return np.asarray(image.resize((SHOWN_SIDE, SHOWN_SIDE), Image.Resampling.BOX))
