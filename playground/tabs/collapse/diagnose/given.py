"""What a request gives to diagnose: outputs, classes and a second view that fit each other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from playground.runtime.errors import InvalidRequest
from playground.runtime.sessions import Attachment
from playground.tabs.collapse.diagnose.arrays import array_of
from playground.tabs.collapse.diagnose.examples import CLASSES, example
from playground.tabs.collapse.diagnose.request import DiagnoseRequest
from playground.tabs.collapse.diagnose.tables import Table, lines_of, table_of, text_of
from playground.tabs.collapse.pairs import Array, Labels

MOST_ROWS = 20_000
MOST_COLUMNS = 4_096
LONGEST_NAME = 80  # characters of a class
PASTED = "pasted.csv"  # reads well in every language

NOT_2D = "{name} has {axes} axes, but a matrix has two: one row for each input, one column for each dimension."
TOO_MANY = "{name} is {rows} × {columns}: at most {most_rows} rows and {most_columns} columns can be diagnosed."
ONE_ROW = "{name} has {rows} rows with finite numbers: at least two are needed."
ONE_COLUMN = "{name} has {columns} columns of numbers: at least two are needed."
LABEL_COUNT = "There are {labels} classes for {rows} rows: give one for each."
SECOND_SHAPE = "The second view is {second}, the outputs are {first}: give the same rows again."

Read = Callable[[str], bytes]


@dataclass(frozen=True)
class Given:
    """Outputs (N, d), finite; `labels` (N,) index `classes`; a second view (N, d); how many rows were left out."""

    outputs: Array
    labels: Labels | None
    classes: tuple[str, ...]
    second: Array | None
    index_column: bool = False
    left_out: int = 0


def given(request: DiagnoseRequest, read: Read) -> Given:
    """What is asked for; `read` gives the bytes of a field's file. InvalidRequest where things do not fit."""
    if not request.is_own():
        return Given(*example(request.example, request.seed), tuple(map(str, range(CLASSES))), None)
    table, name = _outputs(request, read)
    rows, columns = table.numbers.shape
    if columns < 2:
        raise InvalidRequest(ONE_COLUMN, name=name, columns=columns)
    words = table.labels if table.labels is not None else _labels(request, read, rows)
    names, labels = _numbered(words)
    second = _second(request, read, table.numbers.shape)
    return _finite(Given(table.numbers, labels, names, second, table.index_column), name)


def _numbered(words: tuple[str, ...] | None) -> tuple[tuple[str, ...], Labels | None]:
    """The classes in order, and the place of each row's among them."""
    if words is None:
        return (), None
    classes, labels = np.unique(words, return_inverse=True)
    return tuple(str(name)[:LONGEST_NAME] for name in classes), labels


def _finite(whole: Given, name: str) -> Given:
    """Without the rows that are not finite in either view."""
    views = [whole.outputs] if whole.second is None else [whole.outputs, whole.second]
    kept = np.logical_and.reduce(np.isfinite(np.concatenate(views, axis=1)), axis=1)
    count = int(kept.sum())
    if count < 2:
        raise InvalidRequest(ONE_ROW, name=name, rows=count)
    if count == len(kept):
        return whole
    return replace(
        whole,
        outputs=whole.outputs[kept],
        labels=None if whole.labels is None else whole.labels[kept],
        second=None if whole.second is None else whole.second[kept],
        left_out=len(kept) - count,
    )


def _outputs(request: DiagnoseRequest, read: Read) -> tuple[Table, str]:
    """The table of the outputs, and what to call it."""
    if request.embeddings is not None:
        name = request.embeddings.name
        return _table(request.embeddings, read("embeddings"), request.label_column), name
    table = table_of(request.pasted, PASTED, MOST_ROWS, label_column=request.label_column)
    return _small_enough(table, PASTED), PASTED


def _table(file: Attachment, data: bytes, label_column: bool) -> Table:
    """The table in a file."""
    name = file.name
    if not name.lower().endswith(".npy"):
        return _small_enough(table_of(text_of(data, name), name, MOST_ROWS, label_column=label_column), name)
    array = array_of(data, name)
    if array.ndim != 2:
        raise InvalidRequest(NOT_2D, name=name, axes=array.ndim)
    if not label_column or not array.shape[1]:
        return _doubles(array, name)
    return replace(_doubles(array[:, :-1], name), labels=_words(array[:, -1]))


def _doubles(array: npt.NDArray[Any], name: str) -> Table:
    """Checked before it is copied; numbers too large for float64 become infinite."""
    _small_enough(Table(array, None), name)
    with np.errstate(over="ignore"):
        return Table(array.astype(np.float64), None)


def _small_enough(table: Table, name: str) -> Table:
    rows, columns = table.numbers.shape
    if rows > MOST_ROWS or columns > MOST_COLUMNS:
        most = {"most_rows": f"{MOST_ROWS:,}", "most_columns": f"{MOST_COLUMNS:,}"}
        raise InvalidRequest(TOO_MANY, name=name, rows=f"{rows:,}", columns=f"{columns:,}", **most)
    return table


def _labels(request: DiagnoseRequest, read: Read, rows: int) -> tuple[str, ...] | None:
    """The classes given apart from the outputs, as words; InvalidRequest unless there is one for each row."""
    if request.labels is None:
        return _one_a_row(request.pasted_labels, PASTED, rows) if request.pasted_labels.strip() else None
    name, data = request.labels.name, read("labels")
    if not name.lower().endswith(".npy"):
        return _one_a_row(text_of(data, name), name, rows)
    array = array_of(data, name, "fiubU")
    _require_count(array.size, rows)
    return _words(array.ravel())


def _one_a_row(text: str, name: str, rows: int) -> tuple[str, ...]:
    """The cells of a text, by line or all in one."""
    found = tuple(cell for _, cells in lines_of(text, name, MOST_ROWS) for cell in cells)
    _require_count(len(found), rows)
    return found


def _require_count(labels: int, rows: int) -> None:
    if labels != rows:
        raise InvalidRequest(LABEL_COUNT, labels=labels, rows=rows)


def _words(values: npt.NDArray[Any]) -> tuple[str, ...]:
    """Classes as words, whole numbers without a point."""
    return tuple(f"{value:g}" if isinstance(value, float) else str(value) for value in values.tolist())


def _second(request: DiagnoseRequest, read: Read, shape: tuple[int, ...]) -> Array | None:
    """The second view, which must be as large as the first."""
    if request.second is None:
        return None
    numbers = _table(request.second, read("second"), label_column=False).numbers
    if numbers.shape != shape:
        first, second = (f"{rows:,} × {columns:,}" for rows, columns in (shape, numbers.shape))
        raise InvalidRequest(SECOND_SHAPE, first=first, second=second)
    return numbers
