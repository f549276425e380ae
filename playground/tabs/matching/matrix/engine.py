"""The engine of the panel: vectors of all texts first, then what was asked of them."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from typing import TypeVar

import numpy as np

from playground.runtime.contracts import Context, Frame, Note
from playground.runtime.errors import Cancelled, InvalidRequest
from playground.runtime.turns import STOPPED
from playground.tabs.matching.matrix.clustering import linkage
from playground.tabs.matching.matrix.collections import load_collection
from playground.tabs.matching.matrix.frames import Compared, Corpus, Floats, Found, Judged, Placed, Similarities
from playground.tabs.matching.matrix.projection import PIECES, principal_components, t_sne
from playground.tabs.matching.matrix.request import Exhibit, MatrixRequest
from playground.tabs.matching.matrix.searching import quality_frames, search_frames
from playground.tabs.matching.matrix.uploaded import Uploaded, read_file, read_pasted
from playground.tabs.matching.nearest import neighbours
from playground.tabs.matching.steps import Step, as_frames
from playground.tabs.matching.vectors import embed

Result = TypeVar("Result")

VERSION = "1"
FRAMES: tuple[type[Frame], ...] = (Frame, Corpus, Similarities, Compared, Placed, Found, Judged)

MOST: dict[Exhibit, int] = {"matrix": 5_000, "map": 1_000, "search": 100_000, "quality": 100_000}  # texts
MOST_DRAWN = 200  # texts of the heat map
MOST_PAIRS = 1_000  # near-duplicates that are told
CHUNK = 2_048  # texts whose vectors are remembered at a time, so that a stopped run loses few
READ = 0.8  # the share of a run until all texts have vectors

ONE_TEXT = "There is only one text: give at least two to compare."
NO_QUERY = "The query is empty: write what to look for."
NO_ANSWERS = "Nobody has said which of these texts answer which: choose stsb-en or stsb-zh to measure."
FIRST_ONLY = "Only the first {count} of {all} texts are compared."
FEW_DRAWN = "The heat map shows the first {count} texts; duplicates and outliers are those of all."


def run(request: MatrixRequest, context: Context) -> Iterator[Frame]:
    """Read the texts, then show what was asked for; ends early when the run is cancelled.

    Raises:
        InvalidRequest: the texts cannot be read, or there are too few of them.
    """
    if request.exhibit == "search" and not request.query.strip():
        raise InvalidRequest(NO_QUERY)
    if request.exhibit == "quality" and (request.is_own() or not request.collection.startswith("stsb")):
        raise InvalidRequest(NO_ANSWERS)
    given = _given(request, context)
    texts = given.texts[: MOST[request.exhibit]]
    if len(texts) < 2 and request.exhibit in ("matrix", "map"):
        raise InvalidRequest(ONE_TEXT)
    begun = time.perf_counter()
    vectors = yield from as_frames(_vectors(request, context, texts), 0.0, READ)
    corpus = _corpus(request, given, texts, time.perf_counter() - begun)
    yield corpus
    yield from EXHIBITS[request.exhibit](request, context, corpus, vectors)


def _given(request: MatrixRequest, context: Context) -> Uploaded:
    if request.texts is not None:
        return read_file(context.attachment("texts"), request.texts.name)
    if request.is_own():
        return read_pasted(request.pasted, "The pasted text")
    return Uploaded(load_collection(request.collection))


def _corpus(request: MatrixRequest, given: Uploaded, texts: tuple[str, ...], seconds: float) -> Corpus:
    return Corpus(
        done=READ,
        name=request.texts.name if request.texts else "" if request.is_own() else request.collection,
        model=request.encoder(),
        reranker=request.reranker() or "",
        texts=texts,
        seconds=seconds,
        notes=tuple((note.message, {k: str(v) for k, v in note.values.items()}) for note in _notes(request, given)),
    )


def _vectors(request: MatrixRequest, context: Context, texts: Sequence[str]) -> Generator[Step, None, Floats]:
    parts = []
    for start in range(0, len(texts), CHUNK):
        chunk = texts[start : start + CHUNK]
        work = embed(context, request.encoder(), chunk, private=request.is_own())
        while True:
            try:
                step = next(work)
            except StopIteration as ended:
                parts.append(ended.value)
                break
            yield Step(step.stage, start + round(step.share * len(chunk)), len(texts))
        yield Step("encode", start + len(chunk), len(texts))
    return np.concatenate(parts)


def _notes(request: MatrixRequest, given: Uploaded) -> Iterator[Note]:
    yield from given.notes
    count, most = len(given.texts), MOST[request.exhibit]
    if count > most:
        yield Note(FIRST_ONLY, {"count": f"{most:,}", "all": f"{count:,}"})
    if request.exhibit == "matrix" and count > MOST_DRAWN:
        yield Note(FEW_DRAWN, {"count": MOST_DRAWN})


def _matrix(request: MatrixRequest, context: Context, corpus: Corpus, vectors: Floats) -> Iterator[Frame]:
    drawn = vectors[:MOST_DRAWN]
    yield Similarities(READ, drawn @ drawn.T, linkage(drawn))
    compared = yield from as_frames(_wanted(context, neighbours(vectors, MOST_PAIRS)), READ, 1.0)
    yield Compared(1.0, *compared)


def _map(request: MatrixRequest, context: Context, corpus: Corpus, vectors: Floats) -> Iterator[Frame]:
    merges = linkage(vectors)
    points, shares = principal_components(vectors)
    yield Placed(READ, points, shares, merges)
    if request.projection == "PCA":
        return
    pieces = 0
    for placed in t_sne(vectors, points, request.perplexity, request.seed):
        if context.cancelled:
            return
        pieces += placed is not None
        done = READ + (1 - READ) * pieces / PIECES
        yield Frame(done) if placed is None else Placed(done, placed, np.empty(0, np.float32), merges)


def _wanted(context: Context, work: Generator[Step, None, Result]) -> Generator[Step, None, Result]:
    """The work, until the run is cancelled."""
    while True:
        try:
            step = next(work)
        except StopIteration as ended:
            result: Result = ended.value
            return result
        if context.cancelled:
            raise Cancelled(STOPPED)
        yield step


EXHIBITS = {"matrix": _matrix, "map": _map, "search": search_frames, "quality": quality_frames}
