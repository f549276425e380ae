"""The engine of the panel: every method reads a few sentences, alone and together, and is timed."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import nullcontext
from typing import Any

import numpy as np

from playground.runtime.contracts import Context, Frame
from playground.tabs.matching.interaction.frames import Timed
from playground.tabs.matching.interaction.request import InteractionRequest
from playground.tabs.matching.interaction.timing import reading_of, search_seconds, seconds_of
from playground.tabs.matching.methods import Method
from playground.tabs.matching.pair_sets import load_pairs

VERSION = "1"
FRAMES: tuple[type[Frame], ...] = (Frame, Timed)

COUNTS = (1, 2, 8, 24)  # texts, or pairs


def run(request: InteractionRequest, context: Context) -> Iterator[Frame]:
    """Time one method after the other; ends early when the run is cancelled."""
    pairs = load_pairs("stsb-zh" if request.language == "zh" else "stsb-en").test
    query, texts = pairs[0].a, [pair.b for pair in pairs[: max(COUNTS)]]
    methods = request.methods()
    for number, method in enumerate(methods):
        if context.cancelled:
            return
        loaded = nullcontext() if method.model is None else context.lease(method.model)
        with loaded as model:
            start, end = number / len(methods), (number + 1) / len(methods)
            yield (yield from _timed(request, context, method, model, query, texts, start, end))


def _timed(
    request: InteractionRequest,
    context: Context,
    method: Method,
    model: Any,
    query: str,
    texts: Sequence[str],
    start: float,
    end: float,
) -> Generator[Frame, None, Timed]:
    read, dimension = reading_of(method, model, query, request.language)
    yield from seconds_of(context, read, texts[:1], 1, start)  # the first time is never the usual one
    seconds = []
    for count in COUNTS:
        seconds.append((yield from seconds_of(context, read, texts[:count], request.repeats, start)))
    return Timed(
        done=end,
        method=method.id,
        counts=np.array(COUNTS),
        seconds=np.array(seconds),
        dimension=dimension,
        search=search_seconds(dimension, request.repeats) if dimension else 0.0,
    )
