"""Search in two stages: the encoder retrieves candidates by their vectors, the cross-encoder reads and orders them."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence

import numpy as np

from playground.runtime.contracts import Context, Frame
from playground.tabs.matching.matrix.collections import known_answers
from playground.tabs.matching.matrix.frames import Corpus, Doubles, Floats, Found, Ints, Judged
from playground.tabs.matching.matrix.request import MatrixRequest
from playground.tabs.matching.methods import method_of, score_pairs
from playground.tabs.matching.nearest import best, search
from playground.tabs.matching.steps import as_frames
from playground.tabs.matching.vectors import embed

READ = 0.8  # the share of a run until all texts have vectors
NONE = np.empty(0)


def search_frames(request: MatrixRequest, context: Context, corpus: Corpus, vectors: Floats) -> Iterator[Frame]:
    """The answers to the query, before and after the cross-encoder has read them."""
    begun = time.perf_counter()
    query = yield from as_frames(embed(context, request.encoder(), [request.query], private=True), READ, READ)
    read = time.perf_counter() - begun
    begun = time.perf_counter()
    places, cosines = search(vectors, query[0], request.candidates)
    searched = time.perf_counter() - begun
    texts = tuple(corpus.texts[place] for place in places)
    yield Found(0.9, request.query, places, texts, cosines, NONE, (read, searched, 0.0))
    if not corpus.reranker:
        return
    begun = time.perf_counter()
    scores = yield from _logits(context, corpus.reranker, request.query, texts, 0.9, 1.0)
    reranked = time.perf_counter() - begun
    yield Found(1.0, request.query, places, texts, cosines, scores, (read, searched, reranked))


def quality_frames(request: MatrixRequest, context: Context, corpus: Corpus, vectors: Floats) -> Iterator[Frame]:
    """Queries whose answers people have found, one after the other: where the first answer stands in both orders."""
    assert request.collection in ("stsb-en", "stsb-zh")
    answers = known_answers(request.collection)
    place_of = {text: place for place, text in enumerate(corpus.texts)}
    order = np.random.default_rng(request.seed).permutation(len(answers))[: request.queries]
    queries = [list(answers)[number] for number in order]
    for number, query in enumerate(queries):
        if context.cancelled:
            return
        start, end = (READ + (1 - READ) * (number + more) / len(queries) for more in (0, 1))
        begun = time.perf_counter()
        places, _ = search(vectors, vectors[place_of[query]], request.candidates + 1)
        places = places[places != place_of[query]][: request.candidates]  # a query is no answer to itself
        searched = time.perf_counter() - begun
        texts = [corpus.texts[place] for place in places]
        ranks, reranked = [_first(texts, answers[query])], 0.0
        if corpus.reranker:
            begun = time.perf_counter()
            scores = yield from _logits(context, corpus.reranker, query, texts, start, end)
            reranked = time.perf_counter() - begun
            ranks.append(_first([texts[place] for place in reordered(scores)], answers[query]))
        yield Judged(end, query, np.array(ranks), np.array([searched, reranked]))


def reordered(scores: Doubles) -> Ints:
    """The places of candidates by their scores (K,), best first; of equal ones the encoder's order stands."""
    return best(scores, len(scores))


def _logits(
    context: Context, reranker: str, query: str, texts: Sequence[str], start: float, end: float
) -> Generator[Frame, None, Doubles]:
    pairs = [(query, text) for text in texts]
    return (yield from as_frames(score_pairs(context, method_of(reranker), pairs, private=True), start, end))


def _first(texts: Sequence[str], answers: frozenset[str]) -> int:
    """The rank of the first answer, from 1; 0 where there is none."""
    return next((rank for rank, text in enumerate(texts, start=1) if text in answers), 0)
