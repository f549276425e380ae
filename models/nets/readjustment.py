"""BatchNorm statistics taken again for sampling at a temperature.

A network that was trained on posterior samples sees other features when it is sampled at a low temperature: its
BatchNorms then divide by deviations that its features no longer have. Vahdat and Kautz 2020, arXiv 2007.03898,
section 4 (samples at low temperatures): draw samples at the temperature in train mode, and keep the statistics.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from models.nets.nvae import NVAE

TEMPERATURES = tuple(step / 10 for step in range(1, 13))
FILE, KEY = "readjusted.safetensors", "temperatures"
PICTURES = 16  # of one round


def readjust(model: NVAE, temperature: float, rounds: int = 60, seed: int = 0) -> dict[str, Tensor]:
    """Means and variances (C,) of the top-down tower's BatchNorms, by their names in the model's state.

    Every round draws 16 pictures at the temperature; the statistics are the means over all rounds. The model itself
    is left as it is.
    """
    drawing = copy.deepcopy(model).eval().requires_grad_(False)
    norms = batch_norms(drawing)
    for norm in norms.values():
        norm.reset_running_stats()
        norm.momentum = None  # the mean over all rounds
        norm.train()
    with torch.inference_mode():
        for number in range(rounds):
            drawing.decode(drawing.draw(PICTURES, seed + number), temperature)
    state = drawing.state_dict()
    return {key: state[key].clone() for name in norms for key in (f"{name}.running_mean", f"{name}.running_var")}


def readjust_all(
    model: NVAE, temperatures: Sequence[float] = TEMPERATURES, rounds: int = 60, seed: int = 0
) -> dict[str, Tensor]:
    """The statistics (T, C) at all temperatures by name, and the temperatures (T,) themselves."""
    each = [readjust(model, temperature, rounds, seed) for temperature in temperatures]
    stacked = {name: torch.stack([statistics[name] for statistics in each]) for name in each[0]}
    return {KEY: torch.tensor(temperatures)} | stacked


def statistics_at(readjusted: Mapping[str, Tensor], temperature: float) -> dict[str, Tensor]:
    """The statistics (C,) at a temperature, linear between the two nearest that were measured; none of none."""
    if not readjusted:
        return {}
    known = readjusted[KEY]
    temperature = min(max(temperature, float(known[0])), float(known[-1]))
    above = max(1, int(torch.searchsorted(known, temperature)))
    below = above - 1
    share = (temperature - float(known[below])) / float(known[above] - known[below])
    return {name: torch.lerp(rows[below], rows[above], share) for name, rows in readjusted.items() if name != KEY}


def with_statistics(model: NVAE, statistics: Mapping[str, Tensor]) -> NVAE:
    """A model that shares all parameters with the other one but has these BatchNorm statistics."""
    shared = {id(tensor): tensor for tensor in model.parameters()}
    adjusted = copy.deepcopy(model, memo=shared)
    adjusted.load_state_dict(statistics, strict=False)
    return adjusted


def batch_norms(model: NVAE) -> dict[str, nn.BatchNorm2d]:
    """The BatchNorms of the top-down tower by their names in the model."""
    modules = model.top_down.named_modules(prefix="top_down")
    return {name: module for name, module in modules if isinstance(module, nn.BatchNorm2d)}


def save_readjusted(readjusted: Mapping[str, Tensor], folder: Path) -> None:
    """Write the statistics, in half precision, beside the weights."""
    halved = {name: rows if name == KEY else rows.half() for name, rows in readjusted.items()}
    save_file({name: rows.contiguous() for name, rows in halved.items()}, folder / FILE)


def read_readjusted(folder: Path) -> dict[str, Tensor]:
    """The statistics that stand beside the weights, in single precision; empty where there are none."""
    if not (folder / FILE).is_file():
        return {}
    return {name: rows.float() for name, rows in load_file(folder / FILE).items()}
