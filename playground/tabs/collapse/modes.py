"""What K variants of one group do differently at a step: where gradients stop, who predicts, where BatchNorm is."""

from __future__ import annotations

from collections.abc import Sequence

from playground.tabs.collapse.dense import Choice
from playground.tabs.collapse.parameters import Need
from playground.tabs.collapse.request import Variant

OUTPUT_NORMS = ("default", "predictor-output")


class Modes:
    """The modes of the variants of one group, as choices between them; the same until one of them changes."""

    def __init__(self, variants: Sequence[Variant], device: str) -> None:
        norms = [variant.batch_norm for variant in variants]
        self.variants = tuple(variants)
        self.stop = Choice([variant.stop_gradient for variant in variants], device)
        self.hidden = Choice([norm != "none" for norm in norms], device)
        self.output = Choice([norm in OUTPUT_NORMS for norm in norms], device)
        self.prediction = Choice([norm == "predictor-output" for norm in norms], device)
        self.predictors = {
            kind: [number for number, variant in enumerate(variants) if variant.predictor == kind]
            for kind in dict.fromkeys(variant.predictor for variant in variants)
        }

    def uses(self, active: Sequence[bool]) -> dict[Need, list[bool]]:
        """Which of the `active` variants use a parameter of each need."""
        conditions: dict[Need, tuple[bool, ...]] = {
            "always": tuple(True for _ in active),
            "hidden norm": self.hidden.rows,
            "no hidden norm": tuple(not norm for norm in self.hidden.rows),
            "no output norm": tuple(not norm for norm in self.output.rows),
            "no prediction norm": tuple(not norm for norm in self.prediction.rows),
        }
        return {
            need: [here and there for here, there in zip(active, rows, strict=True)]
            for need, rows in conditions.items()
        }

    def learning(self, predictor: str) -> list[bool]:
        """Which variants' predictor is of this kind."""
        return [variant.predictor == predictor for variant in self.variants]
