"""Tables from text, as people save and paste them: any usual delimiter, with or without a header line."""

from __future__ import annotations

import io
from dataclasses import dataclass
from itertools import islice

import numpy as np
import numpy.typing as npt

from playground.runtime.errors import InvalidRequest
from playground.runtime.validation import clip

NOT_TEXT = "{name} is no text: save it as CSV in UTF-8."
NOTHING = "{name} holds no numbers: one line for each row is needed."
RAGGED = "Line {line} of {name} has {found} entries, the first row has {wanted}: make all rows equally long."
NO_NUMBER = "Line {line} of {name} has “{cell}” where a number should be: correct or remove it."
MANY_ROWS = "{name} has more than {most} rows: leave some out."

DELIMITERS = ("\t", ";", ",")  # the first of them that occurs; else spaces
MISSING = frozenset({"", "na", "n/a", "null", "none", "-"})
BRACKETS = str.maketrans("", "", "[]()")

Line = tuple[int, list[str]]  # its number, from 1, and its cells


@dataclass(frozen=True)
class Table:
    """Numbers (N, columns), and the class of each row if the last column held it; what was left out is said."""

    numbers: npt.NDArray[np.float64]
    labels: tuple[str, ...] | None
    index_column: bool = False


def text_of(data: bytes, name: str) -> str:
    """The text of a file; InvalidRequest if it is none."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidRequest(NOT_TEXT, name=name) from None


def table_of(text: str, name: str, most_rows: int, *, label_column: bool = False) -> Table:
    """The table in a text, nan where an entry is missing; InvalidRequest names the line that cannot be read."""
    lines = lines_of(text, name, most_rows)
    numeric = slice(None, -1 if label_column else None)
    header = lines[0][1] if lines and not any(map(_is_number, lines[0][1][numeric])) else []
    lines = lines[1:] if header else lines
    # pandas writes its index as a first column without a name.
    indexed = len(header) > 1 and not header[0] and [cells[0] for _, cells in lines] == _counted(len(lines))
    if not lines or len(lines[0][1][numeric]) <= indexed:
        raise InvalidRequest(NOTHING, name=name)
    wanted = len(lines[0][1])
    for line, cells in lines:
        if len(cells) != wanted:
            raise InvalidRequest(RAGGED, name=name, line=line, found=len(cells), wanted=wanted)
    numbers = np.array([_numbers(line, cells[indexed:][numeric], name) for line, cells in lines])
    return Table(numbers, tuple(cells[-1] for _, cells in lines) if label_column else None, indexed)


def lines_of(text: str, name: str, most_rows: int) -> list[Line]:
    """The lines of a text that are neither empty nor comments, cut into cells; brackets of lists are forgotten.

    InvalidRequest with more than a header and so many rows, before anything is made of what is too much.
    """
    text = text.replace("],", "\n").translate(BRACKETS) if "[" in text else text
    stripped = ((number, line.strip(" \r\n")) for number, line in enumerate(io.StringIO(text, "\n"), start=1))
    told = ((number, line) for number, line in stripped if line.strip() and not line.startswith("#"))
    lines = list(islice(told, most_rows + 2))
    if len(lines) > most_rows + 1:
        raise InvalidRequest(MANY_ROWS, name=name, most=f"{most_rows:,}")
    delimiter = next((each for each in DELIMITERS if any(each in line for _, line in lines[:2])), None)
    return [(number, _cells(line, delimiter)) for number, line in lines]


def _cells(line: str, delimiter: str | None) -> list[str]:
    cells = [cell.strip().strip("\"'") for cell in line.split(delimiter)]
    if delimiter == ";":
        cells = [cell.replace(",", ".") for cell in cells]  # where a comma marks the fraction, columns have semicolons
    return cells[:-1] if len(cells) > 1 and not cells[-1] and delimiter in DELIMITERS[1:] else cells


def _numbers(line: int, cells: list[str], name: str) -> list[float]:
    try:
        return [float(cell) for cell in cells]
    except ValueError:
        for cell in cells:
            if not _is_number(cell) and cell.lower() not in MISSING:
                raise InvalidRequest(NO_NUMBER, name=name, line=line, cell=clip(cell)) from None
        return [float(cell) if _is_number(cell) else np.nan for cell in cells]


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _counted(count: int) -> list[str]:
    return [str(number) for number in range(count)]
