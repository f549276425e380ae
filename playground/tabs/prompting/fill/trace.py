"""A run of the panel as it is drawn and downloaded."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from playground.runtime.contracts import Frame
from playground.tabs.prompting.fill.frames import Filled, Floats, Guesses, TriedWord

Row = dict[str, Any]
ORDERS = ("parallel", "left to right", "confidence first")
COLUMNS = ("mask", "word", "pieces", *(f"log p, {order}" for order in ORDERS))


@dataclass
class Trace:
    """The guesses, the words tried and the fillings so far."""

    guesses: Guesses | None = None
    words: list[TriedWord] = field(default_factory=list)
    fillings: list[Filled] = field(default_factory=list)

    def fold(self, frame: Frame) -> None:
        """Take in the next frame."""
        if isinstance(frame, Guesses):
            self.guesses = frame
        elif isinstance(frame, TriedWord):
            self.words.append(frame)
        elif isinstance(frame, Filled):
            self.fillings.append(frame)

    def scores(self) -> Floats:
        """Log-probability (W, 3) of every word tried in the three orders: the sum over its pieces."""
        return np.array([word.log_probability.sum(axis=1) for word in self.words]).reshape(len(self.words), 3)

    def shares(self) -> Floats:
        """The softmax (W, 3) of the scores over the words that the model knows, nan for the others."""
        scores = np.where([[word.known] for word in self.words], self.scores(), -np.inf)
        if not np.isfinite(scores).any():
            return np.full(scores.shape, np.nan)
        shares = np.exp(scores - scores.max(axis=0))
        return np.where(np.isfinite(scores), shares / shares.sum(axis=0), np.nan)

    def rows(self, gap: int) -> list[Row]:
        """A line for every guess and every word tried at mask number `gap`."""
        return [*self._guess_rows(), *self._word_rows(gap)]

    def _guess_rows(self) -> list[Row]:
        if self.guesses is None:
            return []
        return [
            dict(zip(COLUMNS, (number, token, token, *[float(np.log(p))] * 3), strict=True))
            for number, (tokens, of_mask) in enumerate(
                zip(self.guesses.likeliest, self.guesses.probability, strict=True), start=1
            )
            for token, p in zip(tokens, of_mask, strict=True)
        ]

    def _word_rows(self, gap: int) -> list[Row]:
        return [
            dict(zip(COLUMNS, (gap, word.word, " ".join(word.pieces), *map(float, score)), strict=True))
            for word, score in zip(self.words, self.scores(), strict=True)
        ]

    def to_dict(self) -> dict[str, Any]:
        """The run as plain JSON values."""
        return {
            "masks": [] if self.guesses is None else _masks(self.guesses),
            "words": [_word(word) for word in self.words],
            "filled": [
                {"order": filled.order, "text": filled.text, "log_probability": float(filled.log_probability.sum())}
                for filled in self.fillings
            ],
        }

    def to_json(self) -> bytes:
        """The run as a JSON file."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=1).encode("utf-8", "replace")

    def to_csv(self, gap: int) -> bytes:
        """The run as a table."""
        file = io.StringIO()
        table = csv.DictWriter(file, fieldnames=COLUMNS)
        table.writeheader()
        table.writerows(self.rows(gap))
        return file.getvalue().encode("utf-8", "replace")


def fold(trace: Trace | None, frame: Frame) -> Trace:
    """The trace with one more frame; None begins a new one."""
    trace = trace or Trace()
    trace.fold(frame)
    return trace


def _masks(guesses: Guesses) -> list[Row]:
    return [
        {"entropy": float(entropy), "likeliest": dict(zip(tokens, map(float, p), strict=True))}
        for tokens, p, entropy in zip(guesses.likeliest, guesses.probability, guesses.entropy, strict=True)
    ]


def _word(word: TriedWord) -> Row:
    sums = word.log_probability.sum(axis=1).tolist()
    return {
        "word": word.word,
        "pieces": list(word.pieces),
        "one_token": len(word.pieces) == 1,
        "known": word.known,
        "log_probability": dict(zip(ORDERS, sums, strict=True)),
        "of_pieces": dict(zip(ORDERS, word.log_probability.tolist(), strict=True)),
    }
