"""A network and its optimiser as plain arrays, bit for bit, so that a training's State can hold them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.optim import Optimizer

Arrays = dict[str, np.ndarray[Any, Any]]


def arrays_of(module: nn.Module, optimiser: Optimizer | None = None, *, prefix: str = "") -> Arrays:
    """Copies of all parameters, buffers and moments, named `<prefix>module.…` and `<prefix>optimiser.<place>.…`."""
    tensors = {f"module.{name}": tensor for name, tensor in module.state_dict().items()}
    moments = optimiser.state_dict()["state"] if optimiser else {}
    for place, own in moments.items():
        tensors |= {f"optimiser.{place}.{name}": value for name, value in own.items() if torch.is_tensor(value)}
    return {prefix + name: tensor.detach().cpu().numpy().copy() for name, tensor in tensors.items()}


def restore(
    arrays: Mapping[str, np.ndarray[Any, Any]],
    module: nn.Module,
    optimiser: Optimizer | None = None,
    *,
    prefix: str = "",
) -> None:
    """Set a network and an optimiser of the same make to what `arrays_of` gave; other names are left alone."""
    own = {name.removeprefix(prefix): torch.tensor(array) for name, array in arrays.items() if name.startswith(prefix)}
    module.load_state_dict(_under("module.", own))
    if optimiser is None:
        return
    moments: dict[int, dict[str, torch.Tensor]] = {}
    for name, tensor in _under("optimiser.", own).items():
        place, _, moment = name.partition(".")
        moments.setdefault(int(place), {})[moment] = tensor
    optimiser.load_state_dict({"state": moments, "param_groups": optimiser.state_dict()["param_groups"]})


def _under(start: str, tensors: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {name.removeprefix(start): tensor for name, tensor in tensors.items() if name.startswith(start)}
