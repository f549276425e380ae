"""A run as it is shown: the question, and the answers once they are there."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from playground.runtime.contracts import Frame
from playground.tabs.prompting.frames import Answers, Question
from playground.tabs.prompting.request import CALIBRATIONS


@dataclass(frozen=True)
class Trace:
    """What a run has told so far."""

    question: Question | None = None
    answers: Answers | None = None

    def to_dict(self) -> dict[str, Any]:
        """Everything told, as plain data."""
        if self.question is None:
            return {}
        question = self.question
        words = dict(zip(question.labels, map(list, question.words), strict=True))
        told = {"patterns": list(question.patterns), "words": words}
        return told | ({} if self.answers is None else _answered(question, self.answers))

    def to_json(self) -> bytes:
        """The download as JSON."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=1).encode()

    def to_csv(self) -> bytes:
        """The download as CSV: one line a text, with the class probabilities of all patterns together."""
        out = io.StringIO()
        writer = csv.writer(out)
        labels = self.question.labels if self.question else ()
        writer.writerow(["text", "label", "predicted", *(f"p({label})" for label in labels)])
        for row in self.to_dict().get("texts", ()):
            writer.writerow([row["text"], row["label"], row["predicted"], *row["probabilities"]])
        return out.getvalue().encode()


def fold(view: Trace | None, frame: Frame) -> Trace:
    """The view after one more frame."""
    if isinstance(frame, Question):
        return Trace(frame)
    assert view is not None
    assert isinstance(frame, Answers)
    return replace(view, answers=frame)


def _answered(question: Question, answers: Answers) -> dict[str, Any]:
    columns = [*question.patterns, "mean", "weighted"]
    rows = (dict(zip(columns, map(_known, row.tolist()), strict=True)) for row in answers.accuracy)
    return {
        "texts": [_text(question, answers, place) for place in range(len(question.texts))],
        "weights": answers.weights.tolist(),
        "accuracy": dict(zip(CALIBRATIONS, rows, strict=True)),
        "prior": dict(zip(question.patterns, answers.blank.tolist(), strict=True)),
    }


def _text(question: Question, answers: Answers, place: int) -> dict[str, Any]:
    p, gold = answers.ensemble_after[place], int(question.gold[place])
    return {
        "text": question.texts[place],
        "label": question.labels[gold] if gold >= 0 else "",
        "predicted": question.labels[int(p.argmax())],
        "probabilities": p.tolist(),
        "uncalibrated": answers.ensemble_before[place].tolist(),
        "by_pattern": answers.after[:, place].tolist(),
    }


def _known(value: float) -> float | None:
    return None if np.isnan(value) else value
