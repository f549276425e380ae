"""Labelled texts from a person: CSV or JSONL, uploaded or pasted, checked line by line."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from playground.runtime.contracts import Note
from playground.runtime.delimited import rows_of
from playground.runtime.errors import InvalidRequest
from playground.runtime.text_files import FORMULA, decoded
from playground.runtime.validation import clip
from playground.tabs.prompting.tasks import Example

MOST_ROWS = 20_000
MOST_LABELS = 30
LONGEST_LABEL = 60  # characters
LONGEST_TEXT = 2_000  # characters; what a model reads of a text is less
TEXT_NAMES = frozenset({"text", "sentence", "文本", "句子"})
LABEL_NAMES = frozenset({"label", "class", "标签", "类别"})

NOTHING = "{name} holds no labelled texts: give one line for each, with a text and a label."
NO_COLUMNS = "{name} has {columns} columns: name the two that count “text” and “label” in its first line."
BAD_LINE = "Line {line} of {name} is no JSON object with “text” and “label”: correct or remove it."
MANY_ROWS = "{name} has more than {most} texts: leave some out."
MANY_LABELS = "{name} has {count} labels, and {most} are the most that can be told apart here: merge or leave out some."
ONE_LABEL = "All texts of {name} are labelled “{label}”: at least two labels are needed."
LONG_LABEL = "Line {line} of {name} has a label of more than {most} characters: shorten it, or swap text and label."
TWICE = "“{text}” is labelled both “{first}” and “{second}” in {name}: keep one."

LEFT_OUT = "{count} lines without a text or a label were left out."
DOUBLE = "{count} texts that occur twice were taken once."
CUT = "{count} texts were cut after {most} characters."
FORMULAS = "{count} texts begin like a spreadsheet formula: they were read as plain text."

Row = tuple[int, str, str]  # number of its line, text, label


@dataclass(frozen=True)
class Uploaded:
    """Texts, each once, with their labels; the labels in the order in which they first occur; what was done to them."""

    examples: tuple[Example, ...]
    labels: tuple[str, ...]
    notes: tuple[Note, ...] = ()


def read_examples(data: bytes | str, name: str) -> Uploaded:
    """The labelled texts of a file or of a pasted text; InvalidRequest says which line cannot be read, and why."""
    told = data if isinstance(data, str) else decoded(data, name)
    read = _json_rows if told.lstrip().startswith("{") else _csv_rows
    return _checked(read(told, name), name)


def _json_rows(told: str, name: str) -> Iterator[Row]:
    for line, written in enumerate(told.splitlines(), start=1):
        if not written.strip():
            continue
        try:
            row = json.loads(written)
            text, label = row["text"], row["label"]
        except (ValueError, TypeError, KeyError, RecursionError):
            raise InvalidRequest(BAD_LINE, name=name, line=line) from None
        if not isinstance(text, str) or not isinstance(label, str | int):
            raise InvalidRequest(BAD_LINE, name=name, line=line)
        yield line, text, str(label)


def _csv_rows(told: str, name: str) -> Iterator[Row]:
    rows = list(rows_of(told, name))
    if not rows:
        return
    text, label, is_headed = _columns([cells for _, cells in rows], name)
    yield from ((line, cells[text], cells[label]) for line, cells in rows[is_headed:])


def _columns(rows: list[list[str]], name: str) -> tuple[int, int, bool]:
    """Which columns hold text and label, and whether the first line only names them."""
    names = [cell.strip().lower() for cell in rows[0]]
    text = next((place for place, each in enumerate(names) if each in TEXT_NAMES), None)
    label = next((place for place, each in enumerate(names) if each in LABEL_NAMES), None)
    if text is not None and label is not None:
        return text, label, True
    if len(names) != 2:
        raise InvalidRequest(NO_COLUMNS, name=name, columns=len(names))
    first, second = (len({cells[place] for cells in rows}) for place in (0, 1))
    return (1, 0, False) if first < second else (0, 1, False)  # labels repeat


def _checked(rows: Iterable[Row], name: str) -> Uploaded:
    """Every text once; InvalidRequest where there are too many rows or labels, too few, or two for one text."""
    found: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for line, whole, label in ((line, text.strip(), label.strip()) for line, text, label in rows):
        if len(label) > LONGEST_LABEL:
            raise InvalidRequest(LONG_LABEL, name=name, line=line, most=LONGEST_LABEL)
        text = whole[:LONGEST_TEXT]
        if not text or not label:
            counts[LEFT_OUT] += 1
            continue
        if found.setdefault(text, label) != label:
            raise InvalidRequest(TWICE, name=name, text=clip(text), first=found[text], second=label)
        counts["rows"] += 1
        counts[CUT] += len(whole) > LONGEST_TEXT
        counts[FORMULAS] += text.startswith(FORMULA)
        if len(found) > MOST_ROWS:
            raise InvalidRequest(MANY_ROWS, name=name, most=f"{MOST_ROWS:,}")
    counts[DOUBLE] = counts["rows"] - len(found)
    labels = tuple(dict.fromkeys(found.values()))
    _require_labels(labels, name)
    notes = tuple(
        Note(said, {"count": f"{counts[said]:,}"} | ({"most": f"{LONGEST_TEXT:,}"} if said == CUT else {}))
        for said in (LEFT_OUT, DOUBLE, CUT, FORMULAS)
        if counts[said]
    )
    return Uploaded(tuple(Example(text, label) for text, label in found.items()), labels, notes)


def _require_labels(labels: tuple[str, ...], name: str) -> None:
    if not labels:
        raise InvalidRequest(NOTHING, name=name)
    if len(labels) == 1:
        raise InvalidRequest(ONE_LABEL, name=name, label=labels[0])
    if len(labels) > MOST_LABELS:
        raise InvalidRequest(MANY_LABELS, name=name, count=len(labels), most=MOST_LABELS)
