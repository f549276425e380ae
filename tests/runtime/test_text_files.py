"""Text files from a visitor: every common encoding is read, and no cell is computed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.runtime.errors import InvalidRequest
from playground.runtime.text_files import FORMULA, decoded, plain_cell

TOLD = "句子,label\n好,1\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gbk"])
def test_a_text_is_read_in_any_common_encoding(encoding):
    assert decoded(TOLD.encode(encoding), "mine.csv") == TOLD


@pytest.mark.parametrize("data", [b"\0\1\2", b"\xff\xff\xff", TOLD.encode("utf-32")])
def test_what_is_no_text_is_refused_by_name(data):
    with pytest.raises(InvalidRequest, match=r"mine\.csv is no text"):
        decoded(data, "mine.csv")


@given(st.text(max_size=20))
def test_no_written_cell_begins_like_a_formula(value):
    assert not plain_cell(value).startswith(FORMULA)
    assert plain_cell(value).removeprefix("'").endswith(value.removeprefix("'"))
