"""What was measured before on more pairs than a visit can wait for: thresholds, and PAWS-X."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache

from playground.tabs.matching.pair_sets import ASSETS

RECORDED = ASSETS / "probe-recorded.json"  # made by playground.tabs.matching.probe.record


@dataclass(frozen=True)
class Threshold:
    """A method's threshold from the development pairs of STS-B in a language, and the share it is right for there.

    `weights` is the SHA-256 of the model that it is for, "" without one.
    """

    method: str
    language: str
    alike_from: float
    threshold: float
    accuracy: float
    weights: str
    date: str
    commit: str
    machine: str


@dataclass(frozen=True)
class Adversarial:
    """What a method makes of the PAWS-X pairs of a language, of which the share `alike` is alike.

    `area` is that under the ROC curve, `best` the accuracy at the threshold that is best on these very pairs, and
    `accuracy` that at the threshold from STS-B.
    """

    method: str
    language: str
    pairs: int
    alike: float
    area: float
    best: float
    accuracy: float
    weights: str
    date: str
    commit: str
    machine: str


@dataclass(frozen=True)
class Records:
    """All that was recorded."""

    thresholds: tuple[Threshold, ...] = ()
    adversarial: tuple[Adversarial, ...] = ()

    def threshold(self, method: str, language: str, alike_from: float) -> Threshold | None:
        """A method's threshold, None where none was recorded."""
        asked = (method, language, alike_from)
        return next((row for row in self.thresholds if (row.method, row.language, row.alike_from) == asked), None)


@cache
def records() -> Records:
    """The recorded figures; none where the file is missing."""
    if not RECORDED.exists():
        return Records()
    rows = json.loads(RECORDED.read_text("utf-8"))
    return Records(
        tuple(Threshold(**row) for row in rows["thresholds"]), tuple(Adversarial(**row) for row in rows["adversarial"])
    )
