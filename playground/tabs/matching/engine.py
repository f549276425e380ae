"""The engine: one pair of texts through every method, one after the other."""

from __future__ import annotations

from collections.abc import Iterator

from playground.runtime.contracts import Context, Frame
from playground.tabs.matching.frames import Aligned, Occluded, Question, Scored
from playground.tabs.matching.reading import Part, read
from playground.tabs.matching.request import MatchingRequest

VERSION = "1"
FRAMES: tuple[type[Frame], ...] = (Frame, Question, Scored, Aligned, Occluded)


def run(request: MatchingRequest, context: Context) -> Iterator[Frame]:
    """Name the methods, then give each one's score and reasons; ends early when the run is cancelled."""
    methods = request.methods()
    yield Question(0.0, request.read_as(), tuple(method.id for method in methods))
    for number, method in enumerate(methods):
        part = Part(number / len(methods), (number + 1) / len(methods))
        for frame in read(context, method, (request.a, request.b), request.read_as(), part):
            if context.cancelled:
                return
            yield frame
    yield Frame(1.0)
