"""One method on one pair: its score and time, and its reasons token by token or word by word."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from playground.runtime.contracts import Context, Frame
from playground.tabs.matching.frames import Aligned, Floats, Occluded, Scored
from playground.tabs.matching.lexical import BM25, WORDS, character_ngram_scores
from playground.tabs.matching.methods import CRITERIA, Criterion, Method, score_pairs, word_vectors
from playground.tabs.matching.pair_sets import PAIR_SETS, load_pairs
from playground.tabs.matching.steps import as_frames, finished

TextPair = tuple[str, str]

MOST_TOKENS = 48  # of a text that are laid side by side
MOST_WORDS = 32  # of a text that are left out in turn
WORD = re.compile(f"({WORDS.pattern})")


@dataclass(frozen=True)
class Part:
    """The part of a run that one method is, from `start` to `end`, shares of the whole."""

    start: float
    end: float


def read(context: Context, method: Method, pair: TextPair, language: str, part: Part) -> Iterator[Frame]:
    """The frames of one method."""
    if method.kind == "lexical":
        yield _shared_letters(method, pair, language, part)
    elif method.kind in ("bi", "words"):
        yield from _compared(context, method, pair, part)
    else:
        yield from _read_together(context, method, pair, part)


@cache
def bundled_bm25(language: str) -> BM25:
    """BM25 over the sentences of the bundled pairs of a language."""
    sets = (load_pairs(name) for name in PAIR_SETS)
    return BM25(text for each in sets if each.language == language for pair in each.dev for text in (pair.a, pair.b))


def _shared_letters(method: Method, pair: TextPair, language: str, part: Part) -> Frame:
    known = bundled_bm25(language)
    begun = time.perf_counter()
    score = known.score(pair) if method.id == "bm25" else float(character_ngram_scores([pair])[0])
    return Scored(part.end, method.id, (score,), time.perf_counter() - begun)


def _compared(context: Context, method: Method, pair: TextPair, part: Part) -> Iterator[Frame]:
    """Each text alone: the cosine of the whole, and those of every two tokens."""
    from models.nets.sentence_vectors import SentenceEncoder

    assert method.model is not None
    with context.lease(method.model) as loaded:
        words = method.kind == "words"
        encoder: Any = word_vectors(loaded) if words else SentenceEncoder(loaded.model, loaded.tokenizer)
        aligned = _aligned(method, encoder, pair, part)  # comes first: it also warms the processor up
        begun = time.perf_counter()
        first, second = encoder.encode(pair)
        yield Scored(part.start, method.id, (float(first.double() @ second.double()),), time.perf_counter() - begun)
    yield aligned


def _aligned(method: Method, encoder: Any, pair: TextPair, part: Part) -> Aligned:
    (first, u), (second, v) = (encoder.token_vectors(text) for text in pair)
    cosines: Floats = (u[:MOST_TOKENS] @ v[:MOST_TOKENS].T).float().cpu().numpy()
    return Aligned(part.end, method.id, first[:MOST_TOKENS], second[:MOST_TOKENS], cosines)


def _read_together(context: Context, method: Method, pair: TextPair, part: Part) -> Iterator[Frame]:
    """Both texts at once: the score, and what it is without each word, under every criterion."""
    first, second = map(WORD.split, pair)
    variants = [pair, *((text, pair[1]) for text in _without(first)), *((pair[0], text) for text in _without(second))]
    falls, scores, seconds = [], [], 0.0
    criteria: tuple[Criterion | None, ...] = CRITERIA if method.kind == "conditional" else (None,)
    for number, criterion in enumerate(criteria):
        width = (part.end - part.start) / len(criteria)
        work = score_pairs(context, method, variants, criterion)
        read = yield from as_frames(work, part.start + number * width, part.start + (number + 1) * width)
        falls.append(read[0] - read[1:])
        begun = time.perf_counter()
        scores.append(float(finished(score_pairs(context, method, [pair], criterion))[0]))
        seconds = time.perf_counter() - begun
    yield Scored(part.end, method.id, tuple(scores), seconds)
    cut = len(_without(first))
    both = np.array(falls, dtype=np.float32)
    yield Occluded(part.end, method.id, tuple(first), tuple(second), both[:, :cut], both[:, cut:])


def _without(pieces: list[str]) -> list[str]:
    """The text without each of its words, which are the odd pieces, in turn."""
    places = range(1, len(pieces), 2)[:MOST_WORDS]
    return ["".join(pieces[:place] + pieces[place + 1 :]) for place in places]
