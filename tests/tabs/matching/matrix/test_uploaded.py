import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.runtime.errors import InvalidRequest
from playground.tabs.matching.matrix.uploaded import LONGEST_TEXT, MOST_TEXTS, read_file, read_pasted


def texts(told, name="mine.csv"):
    return list(read_file(told if isinstance(told, bytes) else told.encode(), name).texts)


def refused(told, name="mine.csv"):
    with pytest.raises(InvalidRequest) as caught:
        texts(told, name)
    return str(caught.value)


def notes(told, name="mine.txt"):
    return [str(note) for note in read_file(told.encode(), name).notes]


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ("a, b\nc\n", "mine.txt"),
        ('text\n"a, b"\nc\n', "mine.csv"),
        ('"a, b"\nc\n', "mine.csv"),
        ("id\ttext\n1\ta, b\n2\tc\n", "mine.tsv"),
        ('{"text": "a, b"}\n\n{"text": "c", "id": 7}\n', "mine.jsonl"),
        ("a, b\r\n\r\n  c  \r\n", "MINE.TXT"),
    ],
)
def test_texts_are_lines_or_a_column(told, name):
    assert texts(told, name) == ["a, b", "c"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
def test_common_encodings_are_read(encoding):
    assert texts("文本\n好的\n".encode(encoding)) == ["好的"]


@pytest.mark.parametrize(
    ("told", "name", "said"),
    [
        ("", "a.txt", "a.txt holds no text"),
        (" \n\t\n", "a.txt", "holds no text"),
        ("text\n", "a.csv", "holds no text"),
        ("one,two\n1,2\n", "a.csv", "a.csv has 2 columns: name the one"),
        ("text,id,Text\n1,2,3\n", "a.csv", "several columns that are named “text”"),
        ("id,text\n1\n", "a.csv", "Line 2 of a.csv has 1 entries"),
        ('text\n"never closed\n', "a.csv", "quotation mark"),
        ('{"text": 1}\n', "a.jsonl", "Line 1 of a.jsonl is no JSON object"),
        ('{"text": "a"}\n{"texts": "a"}\n', "a.jsonl", "Line 2"),
        ("[" * 10_000, "a.jsonl", "Line 1"),
        (b"\x89PNG\0\0", "a.txt", "is no text"),
        ("x\n" * (MOST_TEXTS + 1), "a.txt", "more than 100,000 texts"),
    ],
    ids=lambda value: ascii(value)[:30],
)
def test_what_cannot_be_read_is_refused_with_the_reason(told, name, said):
    assert said in refused(told, name)


def test_a_long_text_is_cut_and_said_so():
    told = "x" * 1_000_000
    assert [len(text) for text in texts(told, "a.txt")] == [LONGEST_TEXT]
    assert notes(told) == ["1 texts were cut after 2,000 characters."]


def test_equal_texts_stay_and_are_told():
    assert texts("a\nb\na\n", "a.txt") == ["a", "b", "a"]
    assert notes("a\nb\na\n") == ["1 texts occur more than once; each is shown as often as it occurs."]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_whatever_is_pasted_is_read_unless_it_is_empty(told):
    if told.split():
        assert all(text == " ".join(text.split()) != "" for text in read_pasted(told, "pasted").texts)
    else:
        with pytest.raises(InvalidRequest, match="pasted holds no text"):
            read_pasted(told, "pasted")
