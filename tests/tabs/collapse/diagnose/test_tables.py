import io
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from playground.runtime.errors import InvalidRequest
from playground.tabs.collapse.diagnose.tables import table_of, text_of

ROWS = [[1.5, -2.0], [0.25, 3e-4]]


def read(text, **options):
    return table_of(text, "a.csv", 100, **options)


def read_or_told(text, label_column):
    """Whether this text is a table with a class a row, or a sentence names it."""
    try:
        table = read(text, label_column=label_column)
    except InvalidRequest as refused:
        return "a.csv" in str(refused)
    return table.numbers.ndim == 2 and len(table.labels or table.numbers) == len(table.numbers)


@pytest.mark.parametrize(
    "text",
    [
        "1.5,-2\n0.25,3e-4",
        "1.5, -2,\r\n0.25, 3e-4,\r\n",
        "1.5;-2\n0.25;3e-4\n",
        "1,5;-2\n0,25;0,0003",
        "1.5\t-2\n0.25\t3e-4",
        "  1.5   -2\n\n 0.25  3e-4 ",
        "x,y\n1.5,-2\n0.25,3e-4",
        "# saved by numpy\n1.5 -2\n0.25 3e-4",
        '"1.5","-2"\n"0.25","3e-4"',
        ",x,y\n0,1.5,-2\n1,0.25,3e-4",
        "[[1.5, -2.0], [0.25, 0.0003]]",
        "[[1.5 -2.0]\n [0.25 0.0003]]",
    ],
)
def test_usual_ways_to_write_a_table_are_read(text):
    np.testing.assert_allclose(read(text).numbers, ROWS)


def test_the_index_that_pandas_writes_is_left_out_and_other_first_columns_are_not():
    assert read(",x\n0,5\n1,6").index_column
    assert not read(",x\n5,0\n6,1").index_column


@given(arrays.arrays(np.float64, st.tuples(st.integers(2, 6), st.integers(2, 4)), elements=st.floats()))
@settings(max_examples=40)
def test_what_numpy_writes_comes_back(array):
    file = io.StringIO()
    np.savetxt(file, array, delimiter=",", fmt="%.17g")
    np.testing.assert_array_equal(read(file.getvalue()).numbers, array)


def test_the_last_column_may_be_a_word():
    table = read("x,y,class\n1,2,cat\n3,4,dog", label_column=True)
    assert table.labels == ("cat", "dog")
    np.testing.assert_array_equal(table.numbers, [[1, 2], [3, 4]])


def test_a_missing_entry_is_not_a_number():
    np.testing.assert_array_equal(read("1,,3\n4,NA,6").numbers, [[1, np.nan, 3], [4, np.nan, 6]])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "holds no numbers"),
        ("\n \n# only this\n", "holds no numbers"),
        ("x,y", "holds no numbers"),
        ("1,2\n3", "Line 2 of a.csv has 1 entries, the first row has 2"),
        ("x,y\n\n1,2\n3,4,5", "Line 4 of a.csv has 3 entries"),
        ("1,2\n3,four", "Line 2 of a.csv has “four”"),
        ("1,2\n" * 200, "more than 100 rows"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(text, reason):
    with pytest.raises(InvalidRequest, match=reason):
        read(text)


def test_nothing_is_made_of_lines_beyond_the_last_row():
    text = "1\n" * 500_000
    tracemalloc.start()
    try:
        with pytest.raises(InvalidRequest, match="more than 100 rows"):
            read(text)
        assert tracemalloc.get_traced_memory()[1] < 10 * len(text)
    finally:
        tracemalloc.stop()


def test_a_lone_label_column_holds_no_numbers():
    with pytest.raises(InvalidRequest, match="holds no numbers"):
        read("1\n2\n3", label_column=True)


def test_bytes_that_are_no_text_are_refused():
    with pytest.raises(InvalidRequest, match="no text"):
        text_of(b"\xff\xfe\x00\x01", "a.csv")
    assert text_of(b"\xef\xbb\xbf1,2", "a.csv") == "1,2"


@given(st.text(alphabet=st.sampled_from("0123456789.,;\t\n -+eEinfa[]#\"'x\r\x00é१"), max_size=60), st.booleans())
@settings(max_examples=150)
def test_any_text_is_a_table_or_a_sentence(text, label_column):
    assert read_or_told(text, label_column)
