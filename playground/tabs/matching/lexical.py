"""What two texts share in letters and words alone: BM25 and character n-grams, the price-free baselines."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
TextPair = tuple[str, str]

K1, B = 1.2, 0.75  # Lucene's
NGRAMS = (1, 2, 3)
WORDS = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]|[^\W_\u3400-\u9fff\uf900-\ufaff]+")


def words_of(text: str) -> list[str]:
    """Words in lower case; each Chinese character is one, punctuation is none."""
    return WORDS.findall(text.casefold())


class BM25:
    """Okapi BM25 over the document frequencies of a corpus (Robertson and Zaragoza 2009), with Lucene's idf > 0."""

    def __init__(self, corpus: Iterable[str]) -> None:
        documents = [words_of(text) for text in corpus]
        self.count = len(documents)
        self.mean_length = sum(map(len, documents)) / max(1, self.count) or 1.0
        self.frequency = Counter(word for document in documents for word in set(document))

    def idf(self, word: str) -> float:
        """How much a word tells: ln(1 + (N - n + 1/2) / (n + 1/2)), where n of N documents hold it."""
        held = self.frequency[word]
        return math.log1p((self.count - held + 0.5) / (held + 0.5))

    def relevance(self, query: Sequence[str], document: Sequence[str]) -> float:
        """The BM25 score of a document for a query, both as words."""
        counts = Counter(document)
        rest = K1 * (1 - B + B * len(document) / self.mean_length)
        return sum(self.idf(word) * counts[word] * (K1 + 1) / (counts[word] + rest) for word in query)

    def score(self, pair: TextPair) -> float:
        """Both texts as the query of the other, over what each finds of itself: 0 with no word shared, 1 if equal."""
        a, b = map(words_of, pair)
        itself = self.relevance(a, a) + self.relevance(b, b)
        return (self.relevance(a, b) + self.relevance(b, a)) / itself if itself else float(a == b)


def bm25_scores(pairs: Sequence[TextPair], corpus: Iterable[str] | None = None) -> Floats:
    """BM25 of every pair (N,), symmetric and scaled by :meth:`BM25.score`.

    Document frequencies are those of the corpus, without one of all texts of the pairs.
    """
    bm25 = BM25((text for pair in pairs for text in pair) if corpus is None else corpus)
    return np.array([bm25.score(pair) for pair in pairs], dtype=np.float64)


def character_ngram_scores(pairs: Sequence[TextPair]) -> Floats:
    """Cosine of the counts of 1, 2 and 3 characters in a row (N,), in lower case; two texts without any are alike."""
    return np.array([_cosine(*map(_ngrams, pair)) for pair in pairs], dtype=np.float64)


def _ngrams(text: str) -> Counter[str]:
    letters = " ".join(text.casefold().split())
    return Counter(letters[start : start + n] for n in NGRAMS for start in range(len(letters) - n + 1))


def _cosine(a: Counter[str], b: Counter[str]) -> float:
    if not a or not b:
        return float(a == b)
    dot = sum(count * b[ngram] for ngram, count in a.items())
    return dot / (_length(a) * _length(b))


def _length(counts: Counter[str]) -> float:
    return math.sqrt(sum(count * count for count in counts.values()))
