"""Tables as people save and paste them: the usual delimiters, and quotation marks around what holds one."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from playground.runtime.errors import InvalidRequest

DELIMITERS = ("\t", ",", ";")

RAGGED = (
    "Line {line} of {name} has {found} entries, the first line has {wanted}: put quotation marks around a text that "
    "holds the separator."
)
BAD_CSV = "{name} cannot be read as CSV near line {line}: look for a quotation mark that is never closed."

Row = tuple[int, list[str]]  # number of its line, cells


def rows_of(told: str, name: str) -> Iterator[Row]:
    """The rows of a delimited text that are not empty, as they are read, all as long as the first one.

    The delimiter is the commonest one of the first line. InvalidRequest names the line that cannot be read.
    """
    first = told.lstrip().partition("\n")[0]
    reader = csv.reader(io.StringIO(told, newline=""), delimiter=max(DELIMITERS, key=first.count), strict=True)
    wanted = None
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            wanted = wanted or len(cells)
            if len(cells) != wanted:
                raise InvalidRequest(RAGGED, name=name, line=reader.line_num, found=len(cells), wanted=wanted)
            yield reader.line_num, cells
    except csv.Error:
        raise InvalidRequest(BAD_CSV, name=name, line=reader.line_num) from None
