"""The engine of the panel: every method over all pairs of the probe set, one after the other."""

from __future__ import annotations

from collections.abc import Generator, Iterator

from playground.runtime.contracts import Context, Frame
from playground.tabs.matching.methods import Method
from playground.tabs.matching.probe.frames import Asked, Judged
from playground.tabs.matching.probe.probe_set import load_items
from playground.tabs.matching.probe.recorded import records
from playground.tabs.matching.probe.request import ProbeRequest
from playground.tabs.matching.probe.scores import chosen_threshold, steady_scores
from playground.tabs.matching.steps import as_frames

VERSION = "1"
FRAMES: tuple[type[Frame], ...] = (Frame, Asked, Judged)

CHOSEN = 0.8  # share of a method's part in a run that choosing its threshold takes


def run(request: ProbeRequest, context: Context) -> Iterator[Frame]:
    """Name the methods, then give each one's scores; ends early when the run is cancelled."""
    methods = request.methods()
    yield Asked(0.0, request.language, tuple(method.id for method in methods))
    for number, method in enumerate(methods):
        if context.cancelled:
            return
        yield from _one(request, context, method, number / len(methods), (number + 1) / len(methods))


def _one(request: ProbeRequest, context: Context, method: Method, start: float, end: float) -> Iterator[Frame]:
    """One method: the part of the run from `start` to `end`."""
    items = load_items(request.language)
    pairs = [(item.text, item.same) for item in items] + [(item.text, item.different) for item in items]
    threshold, accuracy, is_recorded = yield from _threshold(request, context, method, start, end)
    work = steady_scores(context, method, request.language, pairs)
    scores = yield from as_frames(work, start if is_recorded else start + CHOSEN * (end - start), end)
    yield Judged(end, method.id, scores[: len(items)], scores[len(items) :], threshold, accuracy, is_recorded)


def _threshold(
    request: ProbeRequest, context: Context, method: Method, start: float, end: float
) -> Generator[Frame, None, tuple[float, float, bool]]:
    """A method's threshold, its accuracy where it was chosen, and whether that was done before."""
    known = records().threshold(method.id, request.language, request.alike_from)
    if known is not None:
        return known.threshold, known.accuracy, True
    work = chosen_threshold(context, method, request.language, request.alike_from)
    best = yield from as_frames(work, start, start + CHOSEN * (end - start))
    return best.threshold, best.value, False
