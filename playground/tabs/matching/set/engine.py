"""The engine of the panel: reads the pairs, has every method score them, and judges the scores."""

from __future__ import annotations

from collections.abc import Generator, Iterator

import numpy as np

from playground.runtime.contracts import Context, Frame, Note
from playground.runtime.errors import InvalidRequest
from playground.tabs.matching.methods import Method, score_pairs
from playground.tabs.matching.set.frames import MethodJudged, PairsGiven, told
from playground.tabs.matching.set.given import Given, given
from playground.tabs.matching.set.judged import judged
from playground.tabs.matching.set.request import MatchingSetRequest
from playground.tabs.matching.steps import as_frames

VERSION = "1"
FRAMES: tuple[type[Frame], ...] = (Frame, PairsGiven, MethodJudged)

OWN = "own"  # the method of scores that were brought
READ, SCORED = 0.05, 0.7  # shares: of the run until the pairs are read, of a method until they are scored
NO_METHODS = "None of the chosen methods has a model for these pairs here: choose others."
ONLY_SCORES = Note("These pairs have no texts: only your own scores are judged.")


def run(request: MatchingSetRequest, context: Context) -> Iterator[Frame]:
    """Tell the pairs, then what each method's scores come to; ends early when the run is cancelled."""
    found = yield from as_frames(given(request, context.attachment), 0.0, READ)
    methods = request.chosen_methods() if found.pairs else ()
    jobs: list[Method | None] = ([None] if found.scores is not None else []) + list(methods)
    if not jobs:
        raise InvalidRequest(NO_METHODS)
    yield _pairs_given(request, found, jobs)
    for number, method in enumerate(jobs):
        if context.cancelled:
            return
        start, end = (READ + (1 - READ) * place / len(jobs) for place in (number, number + 1))
        yield from _one(request, context, found, method, start, end)


def _one(
    request: MatchingSetRequest, context: Context, found: Given, method: Method | None, start: float, end: float
) -> Generator[Frame, None, None]:
    """Score and judge: the part of the run from `start` to `end`; without a method, the scores that were brought."""
    scores, between = found.scores, start + SCORED * (end - start)
    if method is not None:
        criterion = request.criterion if method.kind == "conditional" else None
        scoring = score_pairs(context, method, found.pairs, criterion, private=request.is_own())
        scores = np.asarray((yield from as_frames(scoring, start, between)), np.float64)
    assert scores is not None
    about = yield from as_frames(judged(request, found, scores), between, end)
    yield MethodJudged(end, OWN if method is None else method.id, **about)


def _pairs_given(request: MatchingSetRequest, found: Given, jobs: list[Method | None]) -> PairsGiven:
    notes = found.notes if found.pairs else (*found.notes, ONLY_SCORES)
    return PairsGiven(
        READ,
        name=found.name,
        own=request.is_own(),
        a=tuple(a for a, _ in found.pairs),
        b=tuple(b for _, b in found.pairs),
        labels=found.labels,
        report=found.report,
        low=found.low,
        high=found.high,
        boundary=found.boundary,
        methods=tuple(OWN if method is None else method.id for method in jobs),
        missing=request.missing_methods() if found.pairs else (),
        notes=told(notes),
    )
