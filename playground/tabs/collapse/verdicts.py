"""The verdict on every variant of one recorded picture."""

from __future__ import annotations

from playground.runtime.contracts import Note
from playground.tabs.collapse.frames import CollapseFrame
from playground.tabs.collapse.verdict import Reading, Verdict, verdict
from playground.tabs.collapse.view import View

BROKEN_OFF = Verdict("not converging", Note("The run broke off: what came next was not a finite number."))


def judge(view: View, frame: CollapseFrame) -> list[Verdict]:
    """One verdict a variant, each from its own numbers and those of the run's ground."""
    broken = view.failure.variant if view.failure and frame is view.frames[-1] else None
    return [
        BROKEN_OFF if variant == broken else verdict(_reading(view, frame, variant))
        for variant in range(len(frame.loss))
    ]


def _reading(view: View, frame: CollapseFrame, variant: int) -> Reading:
    start = view.start
    assert start is not None
    return Reading(
        dimension=int(start.dimensions[variant]),
        step=frame.step,
        std=float(frame.std[variant]),
        rank=float(frame.rank[variant]),
        knn=float(frame.knn[variant]),
        start_knn=float(view.frames[0].knn[variant]),
        chance=start.chance,
        loss=float(frame.loss[variant]),
        rows=frame.points.shape[1],
    )
