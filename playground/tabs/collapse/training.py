"""A live training: all variants of a request, step by step, on the same batches and views."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from models.nets.simsiam import Sizes
from playground.runtime.contracts import State
from playground.runtime.live_training import step_generator
from playground.tabs.collapse import rates
from playground.tabs.collapse.dataset import Dataset
from playground.tabs.collapse.diagnosis import Diagnosis, diagnose
from playground.tabs.collapse.frames import CollapseFailure, CollapseFrame, Floats
from playground.tabs.collapse.group import Group
from playground.tabs.collapse.request import CollapseRequest, Variant


class Training:
    """K variants after `step` steps. Goes on from a State if there is one.

    Variants of equal tensor shapes share one batched computation, which never changes their numbers: groups are
    decided from the request alone. Batch and views are drawn from seed and step alone.
    """

    def __init__(
        self,
        request: CollapseRequest,
        dataset: Dataset,
        resume: State | None = None,
        device: str = "cpu",
        dtype: torch.dtype = torch.float32,
    ) -> None:
        self.request, self.dataset, self.device = request, dataset, device
        self.step = resume.step if resume else 0
        self.failure: CollapseFailure | None = None
        self._inputs = dataset.inputs.to(device, dtype)
        self._probe = dataset.probe.to(device, dtype)
        self._changes = {change.step for change in request.schedule}
        variants = self._variants()
        self.members = groups(variants)
        self._groups = [
            Group(request, _of(variants, members), _sizes(dataset, variants[members[0]]), device, dtype)
            for members in self.members
        ]
        if resume:
            for number, group in enumerate(self._groups):
                own = f"{number}."
                group.restore({k.removeprefix(own): a for k, a in resume.arrays.items() if k.startswith(own)})

    def advance(self) -> bool:
        """One step of all variants; False, and `failure` tells why, where a variant cannot take it."""
        if self.step in self._changes:
            variants = self.request.variants_at(self.step)
            for members, group in zip(self.members, self._groups, strict=True):
                group.change(_of(variants, members))
        inputs, before = self.batch(), [group.last for group in self._groups]
        for members, group in zip(self.members, self._groups, strict=True):
            group.learn(inputs if group.target == "unaugmented" else inputs[:2])
            self._check(members, group)
        if self.failure:
            for group, last in zip(self._groups, before, strict=True):
                group.last = last
            return False
        for group in self._groups:
            group.move(self.step)
        self.step += 1
        return True

    def measure(self) -> CollapseFrame:
        """All that is measured of the variants as they are, with the modes and rates of the step that led here.

        So a change from this step on is not yet seen, and a run that pauses here may still be changed.
        """
        found = self._diagnoses()
        measures = ("std", "rank", "participation", "knn", "alignment", "uniformity")
        before = max(0, self.step - 1)
        pairs = [(self.request, variant, before) for variant in self._variants()]
        return CollapseFrame(
            done=self.step / max(1, self.request.steps),
            step=self.step,
            **{name: self._last(name) for name in ("loss", "encoder_gradient", "predictor_gradient")},
            **{name: _floats([getattr(each, name) for each in found]) for name in measures},
            encoder_rate=_floats([rates.encoder_rate(*pair) for pair in pairs]),
            predictor_rate=_floats([rates.predictor_rate(*pair) for pair in pairs]),
            spectrum=_spectra(found),
            points=np.stack([each.points for each in found]).astype(np.float16),
        )

    def state(self) -> State:
        """Where the training is, to go on from."""
        states = [(number, group.state()) for number, group in enumerate(self._groups)]
        return State(self.step, {f"{number}.{name}": a for number, own in states for name, a in own.items()})

    def batch(self) -> Tensor:
        """Two views of this step's batch and the batch itself, (3, B, *inputs)."""
        generator = step_generator(self.request.seed, self.step)
        order = torch.randperm(len(self._inputs), generator=generator)
        batch = self._inputs[order[: self.request.batch].to(self.device)]
        views = [self.dataset.view(batch, generator, self.request.noise) for _ in range(2)]
        return torch.stack([*views, batch])

    def _variants(self) -> tuple[Variant, ...]:
        """All variants as they were in the step that led here."""
        return self.request.variants_at(self.step - 1)

    def _check(self, members: Sequence[int], group: Group) -> None:
        """Name the first variant of the group that cannot go on, unless one is named already."""
        finite = group.finite()
        if self.failure or all(finite):
            return
        row = finite.index(False)
        self.failure = CollapseFailure(
            done=self.step / max(1, self.request.steps),
            step=self.step,
            variant=members[row],
            learning_rate=group.modes.variants[row].learning_rate,
            largest_weight=float(group.stack.encoder.values[row].abs().max()),
        )

    def _diagnoses(self) -> list[Diagnosis]:
        """What the outputs for the probe tell of every variant."""
        found: dict[int, Diagnosis] = {}
        for members, group in zip(self.members, self._groups, strict=True):
            outputs, views = group.outputs(self._probe).cpu().numpy(), group.last.outputs.cpu().numpy()
            for row, member in enumerate(members):
                found[member] = diagnose(outputs[row], self.dataset.labels, tuple(views[row]))
        return [found[member] for member in sorted(found)]

    def _last(self, name: str) -> Floats:
        """A number of the last step, by variant."""
        values = torch.cat([getattr(group.last, name) for group in self._groups]).cpu()
        order = np.argsort([member for members in self.members for member in members])
        return _floats(values.numpy()[order])


def groups(variants: Sequence[Variant]) -> list[list[int]]:
    """Which variants share one batched computation: those of equal tensor shapes, which never change in a run."""
    keys = [(variant.dimension, variant.layers, variant.target) for variant in variants]
    return [[number for number, own in enumerate(keys) if own == key] for key in dict.fromkeys(keys)]


def _of(variants: Sequence[Variant], members: Sequence[int]) -> list[Variant]:
    return [variants[member] for member in members]


def _sizes(dataset: Dataset, variant: Variant) -> Sizes:
    return Sizes(tuple(dataset.inputs.shape[1:]), variant.dimension, variant.layers)


def _spectra(found: Sequence[Diagnosis]) -> Floats:
    """All spectra (K, D) in one array, nan beyond the shorter ones."""
    spectra = np.full((len(found), max(len(each.spectrum) for each in found)), np.nan, dtype=np.float32)
    for row, each in zip(spectra, found, strict=True):
        row[: len(each.spectrum)] = each.spectrum
    return spectra


def _floats(values: Any) -> Floats:
    return np.asarray(values, dtype=np.float32)
