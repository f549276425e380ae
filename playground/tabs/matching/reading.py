"""One method on one pair: its score and time, and its reasons token by token."""

from __future__ import annotations

import time
from collections.abc import Iterator

from playground.runtime.contracts import Context, Frame
from playground.tabs.matching.frames import Scored
from playground.tabs.matching.methods import Method, score_pairs


def read(context: Context, method: Method, pair: tuple[str, str], start: float, end: float) -> Iterator[Frame]:
    """The frames of one method, which takes a run from `start` to `end`, shares of the whole."""
    begun = time.perf_counter()
    work = score_pairs(context, method, [pair])
    while True:
        try:
            next(work)
        except StopIteration as ended:
            scores = ended.value
            break
        yield Frame(start)
    yield Scored(end, method.id, (float(scores[0]),), time.perf_counter() - begun)
