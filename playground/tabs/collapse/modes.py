"""What K variants of one group do differently at a step: where gradients stop, who predicts, where BatchNorm is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from playground.tabs.collapse.dense import Choice
from playground.tabs.collapse.parameters import Uses
from playground.tabs.collapse.request import Predictor, Variant

OUTPUT_NORMS = ("default", "predictor-output")


@dataclass(frozen=True)
class Predictors:
    """The variants with one kind of predictor: which they are, and where in it they have BatchNorm."""

    kind: Predictor
    rows: slice | Tensor
    hidden: Choice
    output: Choice


class Modes:
    """The modes of the variants of one group, as choices between them; made anew when one of them changes."""

    def __init__(self, variants: Sequence[Variant], device: str) -> None:
        self.variants = tuple(variants)
        self.stop = Choice([variant.stop_gradient for variant in variants], device)
        self.hidden = Choice([variant.batch_norm != "none" for variant in variants], device)
        self.output = Choice([variant.batch_norm in OUTPUT_NORMS for variant in variants], device)
        self.prediction = Choice([variant.batch_norm == "predictor-output" for variant in variants], device)
        kinds = dict.fromkeys(variant.predictor for variant in variants)
        self.predictors = {kind: self._predictors(kind, device) for kind in kinds}
        joined = [member for kind in kinds for member, here in enumerate(self.learning(kind)) if here]
        self.order = torch.tensor(joined, device=device).argsort()  # puts the predictions of all kinds in order

    def learning(self, kind: Predictor) -> tuple[bool, ...]:
        """Which variants' predictor is of this kind."""
        return tuple(variant.predictor == kind for variant in self.variants)

    def uses(self, active: Sequence[bool]) -> Uses:
        """Which of the `active` variants use a parameter of each need."""

        def where(rows: tuple[bool, ...], wanted: bool) -> tuple[bool, ...]:
            return tuple(here and row == wanted for here, row in zip(active, rows, strict=True))

        return {
            "always": tuple(active),
            "hidden norm": where(self.hidden.rows, True),
            "no hidden norm": where(self.hidden.rows, False),
            "no output norm": where(self.output.rows, False),
            "no prediction norm": where(self.prediction.rows, False),
        }

    def _predictors(self, kind: Predictor, device: str) -> Predictors:
        members = [number for number, here in enumerate(self.learning(kind)) if here]
        everyone = len(members) == len(self.variants)
        hidden, output = ([norm.rows[member] for member in members] for norm in (self.hidden, self.prediction))
        rows = slice(None) if everyone else torch.tensor(members, device=device)
        return Predictors(kind, rows, Choice(hidden, device), Choice(output, device))
