"""Texts from a visitor: one a line, or a column of a table, uploaded or pasted."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from playground.runtime.contracts import Note
from playground.runtime.delimited import rows_of
from playground.runtime.errors import InvalidRequest
from playground.runtime.text_files import decoded

MOST_TEXTS = 100_000
LONGEST_TEXT = 2_000  # characters; what a model reads of a text is less
TEXT_NAMES = frozenset({"text", "sentence", "title", "文本", "句子", "标题"})

NOTHING = "{name} holds no text: give one a line."
MANY_TEXTS = "{name} has more than {most} texts: leave some out."
NO_COLUMN = "{name} has {columns} columns: name the one that counts “text” in its first line."
TWICE_NAMED = "{name} has several columns that are named “{column}”: rename all but the one that counts."
BAD_LINE = "Line {line} of {name} is no JSON object with “text”: correct or remove it."

CUT = "{count} texts were cut after {most} characters."
DOUBLE = "{count} texts occur more than once; each is shown as often as it occurs."


@dataclass(frozen=True)
class Uploaded:
    """Texts in the order of their lines, and what was done to them."""

    texts: tuple[str, ...]
    notes: tuple[Note, ...] = ()


def read_file(data: bytes, name: str) -> Uploaded:
    """The texts of a file: lines, or the column “text” of CSV, TSV or JSONL.

    Raises:
        InvalidRequest: says what is wrong with the file, and in which line.
    """
    told, ending = decoded(data, name), name.rsplit(".", 1)[-1].lower()
    read = {"csv": _column, "tsv": _column, "jsonl": _objects}.get(ending, _lines)
    return _checked(read(told, name), name)


def read_pasted(told: str, name: str) -> Uploaded:
    """The texts of a pasted one, one a line."""
    return _checked(_lines(told, name), name)


def _lines(told: str, name: str) -> Iterator[str]:
    yield from told.splitlines()


def _objects(told: str, name: str) -> Iterator[str]:
    for line, written in enumerate(told.splitlines(), start=1):
        if not written.strip():
            continue
        try:
            text = json.loads(written)["text"]
        except (ValueError, TypeError, KeyError, RecursionError):
            raise InvalidRequest(BAD_LINE, name=name, line=line) from None
        if not isinstance(text, str):
            raise InvalidRequest(BAD_LINE, name=name, line=line)
        yield text


def _column(told: str, name: str) -> Iterator[str]:
    rows = (cells for _, cells in rows_of(told, name))
    head = next(rows, [""])
    place, is_named = _place(head, name)
    if not is_named:
        yield head[place]
    yield from (cells[place] for cells in rows)


def _place(head: list[str], name: str) -> tuple[int, bool]:
    """Which column holds the texts, and whether the first line only names it."""
    named = [place for place, cell in enumerate(head) if cell.strip().lower() in TEXT_NAMES]
    if len(named) > 1:
        raise InvalidRequest(TWICE_NAMED, name=name, column=head[named[0]].strip())
    if named:
        return named[0], True
    if len(head) > 1:
        raise InvalidRequest(NO_COLUMN, name=name, columns=len(head))
    return 0, False


def _checked(read: Iterator[str], name: str) -> Uploaded:
    texts, counts = [], Counter[str]()
    for whole in read:
        text = " ".join(whole.split())
        if not text:
            continue
        counts[CUT] += len(text) > LONGEST_TEXT
        texts.append(text[:LONGEST_TEXT])
        if len(texts) > MOST_TEXTS:
            raise InvalidRequest(MANY_TEXTS, name=name, most=f"{MOST_TEXTS:,}")
    if not texts:
        raise InvalidRequest(NOTHING, name=name)
    counts[DOUBLE] = sum(count > 1 for count in Counter(texts).values())
    values = {CUT: {"most": f"{LONGEST_TEXT:,}"}, DOUBLE: {}}
    notes = (Note(said, {"count": f"{counts[said]:,}", **rest}) for said, rest in values.items() if counts[said])
    return Uploaded(tuple(texts), tuple(notes))
