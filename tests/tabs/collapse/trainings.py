"""Small trainings for the tests of the engine: requests, a small data set, and a context that keeps what is saved."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from playground.runtime.contracts import State
from playground.tabs.collapse.dataset import Dataset
from playground.tabs.collapse.frames import CollapseFrame
from playground.tabs.collapse.request import Change, CollapseRequest, Variant
from playground.tabs.collapse.training import Training


def asked(*variants: dict[str, Any], schedule: tuple[tuple[int, int, str, Any], ...] = (), **fields: Any):
    """A request for variants that differ from the defaults, with changes (step, variant, field, value)."""
    first, *others = variants or ({},)
    changes = tuple(Change(step=s, variant=v, field=f, value=to) for s, v, f, to in schedule)
    given = {"batch": 16, **first, **fields}
    return CollapseRequest(**given, beside=tuple(Variant(**other) for other in others), schedule=changes)


def small_data(shape: tuple[int, ...] = (8,), count: int = 48) -> Dataset:
    """Random inputs; a view adds noise."""
    draw = torch.Generator().manual_seed(9)

    def view(batch, generator, noise):
        return batch + noise * torch.randn(batch.shape, generator=generator).to(batch)

    inputs, probe = torch.randn(count, *shape, generator=draw), torch.randn(24, *shape, generator=draw)
    return Dataset(inputs, ("a", "b"), probe, np.arange(24) % 2, is_image=len(shape) == 3, view=view)


def trained(request: CollapseRequest, steps: int, shape: tuple[int, ...] = (8,), **options: Any) -> Training:
    """A training after some steps."""
    training = Training(request, small_data(shape), **options)
    for _ in range(steps):
        assert training.advance(), training.failure
    return training


def pictures(request: CollapseRequest, steps: int, shape: tuple[int, ...] = (8,)) -> list[CollapseFrame]:
    """What is measured at every step."""
    training = Training(request, small_data(shape))
    found = [training.measure()]
    while training.step < steps and training.advance():
        found.append(training.measure())
    return found


def numbers(picture: CollapseFrame, variant: int, dimension: int) -> dict[str, bytes]:
    """All that a picture says of one variant, bit for bit."""
    fields = {name: value for name, value in vars(picture).items() if isinstance(value, np.ndarray)}
    fields["spectrum"] = fields["spectrum"][:, : min(dimension, 64)]
    return {name: value[variant].tobytes() for name, value in fields.items()}


class Quiet:
    """A context that cancels after so many looks, if at all, and keeps the State."""

    def __init__(self, resume: State | None = None, looks: int = 10**9) -> None:
        self.resume, self.looks = resume, looks
        self.saved: State | None = None

    @property
    def cancelled(self) -> bool:
        """Whether it was asked often enough."""
        self.looks -= 1
        return self.looks < 0

    def attachment(self, name: str) -> bytes:
        """No file."""
        return b""

    def save(self, state: State) -> None:
        """Keep it."""
        self.saved = state
