"""Text files from a visitor: bytes to text, and cells that no spreadsheet computes."""

from __future__ import annotations

import codecs

from playground.runtime.errors import InvalidRequest

FORMULA = ("=", "+", "-", "@")  # how a cell begins that a spreadsheet would compute
BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))

NOT_TEXT = "{name} is no text: save it as CSV or JSONL in UTF-8."


def decoded(data: bytes, name: str) -> str:
    """The text of a file in UTF-8, UTF-16 with its mark, or GBK; InvalidRequest if it is none of them."""
    marked = next((encoding for mark, encoding in BYTE_ORDER_MARKS if data.startswith(mark)), None)
    for encoding in (marked,) if marked else ("utf-8", "gb18030"):
        try:
            told = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in told:
            return told
    raise InvalidRequest(NOT_TEXT, name=name)


def plain_cell(value: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{value}" if value.startswith(FORMULA) else value
