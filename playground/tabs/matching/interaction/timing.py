"""How long methods read, by the clock: the best of several times, without the turns of others in between."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import Any

import numpy as np

from playground.runtime.contracts import Context, Frame
from playground.runtime.errors import Cancelled
from playground.runtime.turns import STOPPED
from playground.tabs.matching.lexical import character_ngram_scores
from playground.tabs.matching.methods import Method, word_vectors
from playground.tabs.matching.nearest import search
from playground.tabs.matching.reading import bundled_bm25

Read = Callable[[Sequence[str]], Iterator[object]]  # texts, or a query with each of them, in pieces of a moment each

SEARCHED = 20_000  # vectors
BLOCK = 64  # pairs that a lexical method scores in one piece


def reading_of(method: Method, loaded: Any, query: str, language: str) -> tuple[Read, int]:
    """How a method reads texts, and the length of the vectors that it makes, 0 where it makes none."""
    if method.kind == "bi":
        from models.nets.sentence_vectors import SentenceEncoder

        encoder = SentenceEncoder(loaded.model, loaded.tokenizer)
        return encoder.batches, encoder.dimension
    if method.kind == "words":
        words = word_vectors(loaded)
        return lambda texts: (words.encode(each) for each in (texts,)), words.dimension
    if method.kind == "cross":
        from models.nets.cross_encoder import pair_batches

        return lambda texts: pair_batches(loaded.model, loaded.tokenizer, [(query, text) for text in texts]), 0
    return lambda texts: _lexical(method, query, texts, language), 0


def _lexical(method: Method, query: str, texts: Sequence[str], language: str) -> Iterator[object]:
    bm25 = bundled_bm25(language)
    for start in range(0, len(texts), BLOCK):
        pairs = [(query, text) for text in texts[start : start + BLOCK]]
        yield list(map(bm25.score, pairs)) if method.id == "bm25" else character_ngram_scores(pairs)


def seconds_of(
    context: Context, read: Read, texts: Sequence[str], repeats: int, done: float
) -> Generator[Frame, None, float]:
    """The least time, in seconds, that reading these texts takes in so many repeats.

    Raises:
        Cancelled: the run was stopped on the way.
    """
    best = float("inf")
    for _ in range(repeats):
        spent, work = 0.0, read(texts)
        while True:
            begun = time.perf_counter()
            is_over = next(work, None) is None
            spent += time.perf_counter() - begun
            if is_over:
                break
            yield Frame(done)
            if context.cancelled:
                raise Cancelled(STOPPED)
        best = min(best, spent)
    return best


def search_seconds(dimension: int, repeats: int) -> float:
    """Seconds in which a query is compared with one more vector of this length."""
    vectors = np.random.default_rng(0).standard_normal((SEARCHED, dimension), dtype=np.float32)
    best = float("inf")
    for _ in range(repeats):
        begun = time.perf_counter()
        search(vectors, vectors[0], 20)
        best = min(best, time.perf_counter() - begun)
    return best / SEARCHED
