"""Labelled pairs from a person: CSV or JSON lines, uploaded or pasted, checked line by line.

A row has two texts and a label, or a label and the score of one's own model, or all four. Labels are numbers or known
words; the higher, the more alike.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from playground.runtime.contracts import Note
from playground.runtime.delimited import rows_of
from playground.runtime.errors import InvalidRequest
from playground.runtime.text_files import FORMULA, decoded
from playground.runtime.validation import clip
from playground.tabs.matching.steps import Step

MOST_PAIRS = 20_000  # with texts, which are read
MOST_SCORES = 1_000_000  # without
LONGEST_TEXT = 5_000  # characters; what a model reads of a text is less
EVERY = 10_000  # rows between two steps

NAMES: Mapping[str, frozenset[str]] = {
    "a": frozenset({"a", "text1", "text_a", "texta", "sentence1", "sentence_a", "s1", "文本1", "句子1"}),
    "b": frozenset({"b", "text2", "text_b", "textb", "sentence2", "sentence_b", "s2", "文本2", "句子2"}),
    "label": frozenset({"label", "labels", "gold", "标签"}),
    "score": frozenset({"score", "scores", "similarity", "similarity_score", "prediction", "cosine", "分数", "得分"}),
}
WORDS: Mapping[str, float] = {
    **dict.fromkeys(("no", "false", "different", "negative", "not_equivalent", "否", "不同", "不相似"), 0.0),
    **dict.fromkeys(("yes", "true", "same", "alike", "similar", "positive", "equivalent", "是", "相同", "相似"), 1.0),
    **{"contradiction": 0.0, "neutral": 1.0, "entailment": 2.0},
}

NOTHING = "{name} holds no labelled pairs: give two texts and a label on each line."
NO_COLUMNS = (
    "The columns of {name} cannot be told apart: name them a, b and label in its first line, or label and score "
    "where there are no texts."
)
TWO_COLUMNS = "{name} has two columns named “{column}”: rename or remove one."
BAD_LINE = "Line {line} of {name} is no JSON object with a, b and label: correct or remove it."
BAD_LABEL = (
    "Line {line} of {name} is labelled “{label}”: labels are numbers, or words such as yes and no, same and "
    "different, or entailment, neutral and contradiction."
)
BAD_SCORE = "Line {line} of {name} has the score “{score}”, which is no number: correct or remove it."
UNEVEN = "Line {line} of {name} has other fields than the lines before it: give every line the same ones."
MIXED = "{name} has both numbers and words as labels: keep to one of them."
MANY_ROWS = "{name} has more than {most} pairs: leave some out."
ONE_LABEL = "All pairs of {name} are labelled {label}: at least two labels are needed to tell them apart."

ONE_SIDED = "{count} pairs of which a text or the label is missing were left out."
DOUBLE = "{count} pairs that occur again were taken once."
IDENTICAL = "{count} pairs hold the same text twice."
CUT = "{count} texts were cut after {most} characters."
FORMULAS = "{count} texts begin like a spreadsheet formula: they were read as plain text."
CONTRADICTING = "{count} pairs occur again with another label: every one of them counts."
NOTES = (ONE_SIDED, DOUBLE, CONTRADICTING, IDENTICAL, CUT, FORMULAS)


class Labelled(NamedTuple):
    """A row as it is written: its line, texts, label and score; None where there is no such column."""

    line: int
    a: str | None
    b: str | None
    label: str
    score: str | None


@dataclass(frozen=True)
class Uploaded:
    """Pairs of texts, none where only scores came; labels (N,); own scores (N,) or None; what was done to them."""

    pairs: tuple[tuple[str, str], ...]
    labels: npt.NDArray[np.float64]
    scores: npt.NDArray[np.float64] | None
    notes: tuple[Note, ...] = ()


def read_pairs(data: bytes | str, name: str) -> Generator[Step, None, Uploaded]:
    """The labelled pairs of a file or of a pasted text; InvalidRequest says which line cannot be read, and why."""
    told = data if isinstance(data, str) else decoded(data, name)
    read = _json_rows if told.lstrip().startswith("{") else _csv_rows
    reader = _Reader(name)
    for count, row in enumerate(read(told, name), start=1):
        reader.take(row)
        if count % EVERY == 0:
            yield Step("read", count, MOST_SCORES)
    return reader.uploaded()


class _Reader:
    """Takes row after row, and keeps what counts."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._pairs: list[tuple[str, str]] = []
        self._labels: list[float] = []
        self._scores: list[float] = []
        self._seen: dict[tuple[str, str], set[float]] = {}
        self._words: set[bool] = set()
        self._fields: set[tuple[bool, bool]] = set()
        self._counts: Counter[str] = Counter()

    def take(self, row: Labelled) -> None:
        """One more row, unless a part of it is missing or it occurred before."""
        if "" in (row.a, row.b, row.label):
            self._counts[ONE_SIDED] += 1
            return
        self._fields.add((row.a is None, row.score is None))
        if len(self._fields) > 1:
            raise InvalidRequest(UNEVEN, name=self._name, line=row.line)
        label = self._label(row)
        if row.a is not None and row.b is not None and not self._is_new((row.a, row.b), label):
            return
        self._labels.append(label)
        if row.score is not None:
            self._scores.append(self._score(row))
        most = MOST_SCORES if row.a is None else MOST_PAIRS
        if len(self._labels) > most:
            raise InvalidRequest(MANY_ROWS, name=self._name, most=f"{most:,}")

    def uploaded(self) -> Uploaded:
        """All that was taken; InvalidRequest where no two labels are left."""
        if not self._labels:
            raise InvalidRequest(NOTHING, name=self._name)
        if len(self._words) > 1:
            raise InvalidRequest(MIXED, name=self._name)
        if len(set(self._labels)) == 1:
            raise InvalidRequest(ONE_LABEL, name=self._name, label=f"{self._labels[0]:g}")
        notes = tuple(
            Note(said, {"count": f"{self._counts[said]:,}"} | ({"most": f"{LONGEST_TEXT:,}"} if said == CUT else {}))
            for said in NOTES
            if self._counts[said]
        )
        scores = np.array(self._scores) if self._scores else None
        return Uploaded(tuple(self._pairs), np.array(self._labels), scores, notes)

    def _is_new(self, whole: tuple[str, str], label: float) -> bool:
        """Keep a pair, unless the same one has come with the same label."""
        a, b = (text[:LONGEST_TEXT] for text in whole)
        labels = self._seen.setdefault((a, b), set())
        if label in labels:
            self._counts[DOUBLE] += 1
            return False
        self._counts[CONTRADICTING] += bool(labels)
        labels.add(label)
        self._counts[IDENTICAL] += a == b
        self._counts[CUT] += sum(len(text) > LONGEST_TEXT for text in whole)
        self._counts[FORMULAS] += sum(text.startswith(FORMULA) for text in whole)
        self._pairs.append((a, b))
        return True

    def _label(self, row: Labelled) -> float:
        word = row.label.lower()
        self._words.add(word in WORDS)
        value = WORDS[word] if word in WORDS else number_of(word)
        if not math.isfinite(value):
            raise InvalidRequest(BAD_LABEL, name=self._name, line=row.line, label=clip(row.label))
        return value

    def _score(self, row: Labelled) -> float:
        value = number_of(row.score or "")
        if not math.isfinite(value):
            raise InvalidRequest(BAD_SCORE, name=self._name, line=row.line, score=clip(row.score))
        return value


def number_of(written: str) -> float:
    """A number as it is written, nan for everything else."""
    try:
        return float(written)
    except ValueError:
        return math.nan


def _json_rows(told: str, name: str) -> Iterator[Labelled]:
    for line, written in enumerate(told.splitlines(), start=1):
        if not written.strip():
            continue
        try:
            values = {str(key).strip().lower(): value for key, value in json.loads(written).items()}
            columns = _columns(list(values), name)
        except (ValueError, AttributeError, RecursionError, InvalidRequest):
            raise InvalidRequest(BAD_LINE, name=name, line=line) from None
        if any(isinstance(value, dict | list) for value in values.values()):
            raise InvalidRequest(BAD_LINE, name=name, line=line)
        yield _labelled(line, ["" if value is None else str(value) for value in values.values()], columns)


def _csv_rows(told: str, name: str) -> Iterator[Labelled]:
    columns: Mapping[str, int] | None = None
    for line, cells in rows_of(told, name):
        if columns is not None:
            yield _labelled(line, cells, columns)
        elif _is_head(cells):
            columns = _columns([cell.strip().lower() for cell in cells], name)
        else:
            columns = _unnamed(len(cells), name)
            yield _labelled(line, cells, columns)


def _is_head(cells: Sequence[str]) -> bool:
    """Whether a first line names columns."""
    known = NAMES["label"] | NAMES["score"]
    return any(cell.strip().lower() in known for cell in cells)


def _columns(names: Sequence[str], name: str) -> Mapping[str, int]:
    """The places of a, b, label and score; a score is the label where no column is called so."""
    found: dict[str, int] = {}
    for role, known in NAMES.items():
        places = [place for place, each in enumerate(names) if each in known]
        twice = next((names[place] for place in places if names.count(names[place]) > 1), None)
        if twice is not None:
            raise InvalidRequest(TWO_COLUMNS, name=name, column=clip(twice))
        found |= {role: places[0]} if places else {}
    if "label" not in found and {"a", "b"} <= found.keys() and "score" in found:
        found["label"] = found.pop("score")
    if "label" not in found or ("a" in found) != ("b" in found) or not {"a", "score"} & found.keys():
        raise InvalidRequest(NO_COLUMNS, name=name)
    return found


def _unnamed(count: int, name: str) -> Mapping[str, int]:
    """The places where no line names them: a, b, label; or score, label."""
    if count not in (2, 3):
        raise InvalidRequest(NO_COLUMNS, name=name)
    return {"a": 0, "b": 1, "label": 2} if count == 3 else {"score": 0, "label": 1}


def _labelled(line: int, cells: Sequence[str], columns: Mapping[str, int]) -> Labelled:
    found = {role: cells[place].strip() for role, place in columns.items()}
    return Labelled(line, found.get("a"), found.get("b"), found["label"], found.get("score"))
