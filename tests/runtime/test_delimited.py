import pytest

from playground.runtime.delimited import rows_of
from playground.runtime.errors import InvalidRequest


def test_rows_come_with_the_number_of_their_line_and_empty_ones_do_not():
    assert list(rows_of("a;b\n\n;\n1;2\n", "mine.csv")) == [(1, ["a", "b"]), (4, ["1", "2"])]


def test_a_quoted_cell_holds_the_delimiter_and_line_ends():
    assert list(rows_of('a,b\n"x, y","z\nz"\n', "mine.csv"))[1] == (3, ["x, y", "z\nz"])


@pytest.mark.parametrize(
    ("told", "said"),
    [("a,b\nc\n", "Line 2 of mine.csv has 1 entries, the first line has 2"), ('a,b\n"c,d\n', "near line 2")],
)
def test_what_cannot_be_read_is_said_with_its_line(told, said):
    with pytest.raises(InvalidRequest, match=said):
        list(rows_of(told, "mine.csv"))
