"""The ways to say how alike two texts are, under one roof: a higher score always means more alike.

kind    "bi": a vector each, compared by their cosine; "cross": both texts read together;
        "conditional": read together under a criterion; "words": static word vectors; "lexical": no model at all.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from playground.runtime.contracts import Context
from playground.runtime.errors import Cancelled
from playground.runtime.settings import settings
from playground.runtime.turns import STOPPED
from playground.tabs.matching.steps import Step
from playground.tabs.matching.vectors import embed

if TYPE_CHECKING:
    from models.nets.word_vectors import WordVectors

Kind = Literal["bi", "cross", "conditional", "words", "lexical"]
Language = Literal["en", "zh", "any"]
Criterion = Literal["A", "B"]  # the same topic; the same event
Pairs = Sequence[tuple[str, str]]
Scores = npt.NDArray[np.float64]

CRITERIA: tuple[Criterion, ...] = get_args(Criterion)
MINILM = "packaged/all-minilm-l6-v2"
CHINESE = "zoo/bert-small-zh"


@dataclass(frozen=True)
class Method:
    """One method; `model` is the id of the model that it reads with, None where it needs none."""

    id: str
    label: str
    kind: Kind
    language: Language
    model: str | None = None


METHODS: tuple[Method, ...] = (
    Method("minilm", "MiniLM", "bi", "en", MINILM),
    Method("cosent-en", "CoSENT", "bi", "en", "zoo/minilm-cosent-en"),
    Method("sbert-en", "Sentence-BERT", "bi", "en", "zoo/minilm-sbert-en"),
    Method("angle-en", "AnglE", "bi", "en", "zoo/minilm-angle-en"),
    Method("mse-en", "cosine-MSE", "bi", "en", "zoo/minilm-mse-en"),
    Method("cross-en", "cross-encoder", "cross", "en", "zoo/minilm-cross-en"),
    Method("words-en", "word vectors", "words", "en", MINILM),
    Method("bert-zh", "BERT, untrained for matching", "bi", "zh", CHINESE),
    Method("cosent-zh", "CoSENT", "bi", "zh", "zoo/bert-small-cosent-zh"),
    Method("sbert-zh", "Sentence-BERT", "bi", "zh", "zoo/bert-small-sbert-zh"),
    Method("angle-zh", "AnglE", "bi", "zh", "zoo/bert-small-angle-zh"),
    Method("mse-zh", "cosine-MSE", "bi", "zh", "zoo/bert-small-mse-zh"),
    Method("simcse-zh", "SimCSE", "bi", "zh", "zoo/bert-small-simcse-zh"),
    Method("cross-zh", "cross-encoder", "cross", "zh", "zoo/bert-small-cross-zh"),
    Method("conditional-zh", "conditional cross-encoder", "conditional", "zh", "zoo/bert-small-conditional-zh"),
    Method("words-zh", "word vectors", "words", "zh", CHINESE),
    Method("ngrams", "character n-grams", "lexical", "any"),
    Method("bm25", "BM25", "lexical", "any"),
)


_word_vectors: WeakKeyDictionary[Any, WordVectors] = WeakKeyDictionary()


def available_models() -> frozenset[str]:
    """The models of the methods that can be had here: those of the zoo with card and weights, and all others."""
    return _available(settings().zoo_dir)


@cache
def _available(zoo: Path) -> frozenset[str]:
    # Looked at once, as the registry does.
    ids = {method.model for method in METHODS if method.model is not None}
    return frozenset(id for id in ids if not id.startswith("zoo/") or _is_whole(zoo / id.removeprefix("zoo/")))


def _is_whole(folder: Path) -> bool:
    return (folder / "README.md").is_file() and any(folder.glob("*.safetensors"))


def methods_for(language: str, available: Collection[str]) -> tuple[Method, ...]:
    """The methods for texts of a language whose models, by id, are available."""
    return tuple(
        method
        for method in METHODS
        if method.language in (language, "any") and (method.model is None or method.model in available)
    )


def method_of(id: str) -> Method:
    """The method with this id."""
    return next(method for method in METHODS if method.id == id)


def score_pairs(
    context: Context, method: Method, pairs: Pairs, criterion: Criterion | None = None, *, private: bool = False
) -> Generator[Step, None, Scores]:
    """One score a pair (N,), higher for more alike; `criterion` is asked of a conditional method alone.

    Cosines (-1 to 1) for "bi" and "words", logits for "cross" and "conditional", weights of shared terms for
    "lexical". `private` pairs, of an upload, are remembered for this visitor alone.

    Raises:
        Cancelled: the run was stopped on the way.
    """
    if method.kind == "bi":
        return (yield from _cosines(context, method, pairs, private))
    if method.kind == "words":
        return (yield from _word_cosines(context, method, pairs))
    if method.kind == "lexical":
        return (yield from _lexical(method, pairs))
    return (yield from _together(context, method, pairs, criterion))


def word_vectors(loaded: Any) -> WordVectors:
    """The word vectors of a sentence encoder (registry.Loaded), made once while it is in memory."""
    from models.nets.sentence_vectors import SentenceEncoder
    from models.nets.word_vectors import WordVectors

    if loaded.model not in _word_vectors:
        encoder = SentenceEncoder(loaded.model, loaded.tokenizer)
        _word_vectors[loaded.model] = WordVectors(encoder.word_table, encoder.tokenizer)
    return _word_vectors[loaded.model]


def _cosines(context: Context, method: Method, pairs: Pairs, private: bool) -> Generator[Step, None, Scores]:
    assert method.model is not None
    texts = [text for pair in pairs for text in pair]
    vectors = yield from embed(context, method.model, texts, private=private)
    cosines: Scores = np.einsum("nd,nd->n", vectors[::2], vectors[1::2], dtype=np.float64)
    return cosines


def _word_cosines(context: Context, method: Method, pairs: Pairs) -> Generator[Step, None, Scores]:
    assert method.model is not None
    yield Step("words", 0, len(pairs))
    with context.lease(method.model) as loaded:
        vectors = word_vectors(loaded).encode([text for pair in pairs for text in pair]).numpy()
    cosines: Scores = np.einsum("nd,nd->n", vectors[::2], vectors[1::2], dtype=np.float64)
    return cosines


def _lexical(method: Method, pairs: Pairs) -> Generator[Step, None, Scores]:
    from playground.tabs.matching import lexical

    yield Step("words", 0, len(pairs))
    scores = lexical.bm25_scores(pairs) if method.id == "bm25" else lexical.character_ngram_scores(pairs)
    return np.asarray(scores, dtype=np.float64)


def _together(
    context: Context, method: Method, pairs: Pairs, criterion: Criterion | None
) -> Generator[Step, None, Scores]:
    from models.nets.cross_encoder import pair_batches

    assert method.model is not None
    scores = np.zeros(len(pairs))
    done = 0
    with context.lease(method.model) as loaded:
        for places, logits in pair_batches(loaded.model, loaded.tokenizer, pairs, criterion):
            scores[places] = logits.double().cpu().numpy()
            done += len(places)
            yield Step("pairs", done, len(pairs))
            if context.cancelled:
                raise Cancelled(STOPPED)
    return scores
