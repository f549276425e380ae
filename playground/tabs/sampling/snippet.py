"""A run as code: the same pictures with our class."""

from __future__ import annotations

from collections.abc import Mapping

from playground.tabs.sampling.request import Mode, SamplingRequest

SNIPPET = """\
from pathlib import Path

import torch
from PIL import Image

from models.nets.nvae import NVAE
from models.nets.readjustment import read_readjusted, statistics_at, with_statistics
{imports}from playground.tabs.sampling.drawing import to_bytes
from playground.ui.image_grid import sheet

folder = Path({folder!r})
model = NVAE.from_pretrained(folder).float().eval()
{readjusted}{noise}
with torch.inference_mode():
    pixels = model.decode(noise, {temperature})
Image.fromarray(sheet(to_bytes({pictures}), columns=8).squeeze()).save("pictures.png")
"""
READJUSTED = "model = with_statistics(model, statistics_at(read_readjusted(folder), {temperature}))\n"
PICKED = """\
noises = Noises(model)
a = noises.of(Picture.model_validate({subject!r}))
"""
SECOND = "b = noises.of(Picture.model_validate({second!r}))\n"
FRESH = "fresh = model.draw({pictures}, {seed} + FRESH)\n"
MODES: Mapping[Mode, str] = {
    "sample": "noise = model.draw({pictures}, {seed})",
    "keep": PICKED
    + FRESH
    + "noise = [kept.expand_as(new) if group < {keep} else new for group, (kept, new) in enumerate(zip(a, fresh))]",
    "resample": PICKED
    + FRESH
    + "noise = [new if group == {group} else kept.expand_as(new) for group, (kept, new) in enumerate(zip(a, fresh))]",
    "mix": PICKED
    + SECOND
    + "noise = [its if group in {from_second} else own for group, (own, its) in enumerate(zip(a, b))]",
    "walk": PICKED + SECOND + "noise = joined([between(a, b, step / {last}) for step in range({pictures})])",
    "attributes": PICKED
    + "moves = [Move.model_validate(each) for each in {moves}]\n"
    + "temperatures = [{temperatures}[scale] for scale in model.config.scale_of_groups()]\n"
    + "noise = moved(a, load_directions(folder), moves, temperatures)",
}
NAMES: Mapping[Mode, tuple[str, ...]] = {
    "sample": (),
    "keep": ("FRESH", "Noises"),
    "resample": ("FRESH", "Noises"),
    "mix": ("Noises",),
    "walk": ("Noises", "between", "joined"),
    "attributes": ("Noises",),
}
ATTRIBUTES = """\
from models.nets.directions import load_directions
from playground.tabs.sampling.attributes import moved
"""
NOISES = """\
from playground.tabs.sampling.noises import {names}
from playground.tabs.sampling.origins import Picture
"""
MOVES = "from playground.tabs.sampling.request import Move\n"
PIXELS = {
    "mean": "pixels.mean()",
    "likeliest": "pixels.likeliest()",
    "sampled": "pixels.sample(torch.Generator().manual_seed({seed}), {temperature})",
}


def snippet(request: SamplingRequest) -> str:
    """Code that draws the first variant of what the request shows."""
    values = request.model_dump() | {
        "subject": str(request.subject),
        "second": str(request.second),
        "group": request.group - 1,
        "from_second": set(request.from_second) or "()",
        "last": max(request.pictures - 1, 1),
        "moves": [str(move) for move in request.moves],
        "temperatures": request.temperatures(4),
    }
    return SNIPPET.format(
        imports=_imports(request.mode),
        folder=f"models/{request.model}",
        readjusted=READJUSTED.format(**values) if request.readjusted else "",
        noise=MODES[request.mode].format(**values),
        temperature=_temperature(request),
        pictures=PIXELS[request.pixels].format(**values),
    )


def _imports(mode: Mode) -> str:
    if mode == "sample":
        return ""
    attributes = ATTRIBUTES if mode == "attributes" else ""
    moves = MOVES if mode == "attributes" else ""
    return attributes + NOISES.format(names=", ".join(NAMES[mode])) + moves


def _temperature(request: SamplingRequest) -> str:
    """One number, or one for each scale that has its own; models with fewer scales take as many as they have."""
    if not any((request.scale_1, request.scale_2, request.scale_3, request.scale_4)):
        return f"{request.temperature:g}"
    return f"{request.temperatures(4)}[: model.config.scale_of_groups()[-1] + 1]"
