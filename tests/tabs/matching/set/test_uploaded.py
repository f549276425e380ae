import csv
import io
import json
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.runtime.errors import InvalidRequest
from playground.tabs.matching.set.uploaded import (
    EVERY,
    LONGEST_TEXT,
    MOST_PAIRS,
    read_pairs,
)

CSV = 'a,b,label\na cat,"a dog, barking",0\nhe sleeps,he is asleep,5\n'
PAIRS = (("a cat", "a dog, barking"), ("he sleeps", "he is asleep"))


def finished(reading):
    while True:
        try:
            next(reading)
        except StopIteration as ended:
            return ended.value


def read(data):
    return finished(read_pairs(data, "mine.csv"))


def refused(data):
    with pytest.raises(InvalidRequest) as caught:
        read(data)
    return str(caught.value)


def notes(data):
    return [str(note) for note in read(data).notes]


@pytest.mark.parametrize(
    "data",
    [
        CSV,
        CSV.encode(),
        CSV.encode("utf-8-sig"),
        CSV.encode("utf-16"),
        CSV.replace("\n", "\r\n").encode(),
        CSV.replace("a,b,label\n", ""),
        "Label\tid\tsentence2\tsentence1\n0\t7\ta dog, barking\ta cat\n5\t8\the is asleep\the sleeps\n",
        "sentence1\tsentence2\tscore\na cat\ta dog, barking\t0\nhe sleeps\the is asleep\t5\n",
        "\n".join(json.dumps({"text1": a, "text2": b, "label": 5 * n, "id": n}) for n, (a, b) in enumerate(PAIRS)),
    ],
    ids=["text", "utf-8", "bom", "utf-16", "windows", "no header", "tabs", "score is the label", "jsonl"],
)
def test_pairs_and_labels_are_found_in_every_usual_form(data):
    found = read(data)
    assert (found.pairs, found.labels.tolist(), found.scores) == (PAIRS, [0, 5], None)


def test_a_file_in_gbk_is_read():
    assert read("文本1,文本2,标签\n很好,不错,是\n很好,太差,否\n".encode("gbk")).labels.tolist() == [1, 0]


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        (("yes", "NO"), [1, 0]),
        (("same", "different"), [1, 0]),
        (("entailment", "Neutral", "contradiction"), [2, 1, 0]),
        (("True", "False"), [1, 0]),
        (("相似", "不相似"), [1, 0]),
    ],
)
def test_known_words_are_labels(words, numbers):
    data = "a,b,label\n" + "".join(f"a {n},b {n},{word}\n" for n, word in enumerate(words))
    assert read(data).labels.tolist() == numbers


def test_scores_of_ones_own_come_with_texts_or_without():
    with_texts = read("a,b,label,score\nx,y,1,0.7\nx,z,0,-2\n")
    without = read("score,label\n0.7,1\n-2,0\n")
    assert with_texts.scores.tolist() == without.scores.tolist() == [0.7, -2]
    assert (len(with_texts.pairs), without.pairs) == (2, ())


def test_two_columns_without_a_header_are_score_and_label():
    found = read("0.7,1\n0.2,0\n")
    assert (found.scores.tolist(), found.labels.tolist()) == ([0.7, 0.2], [1, 0])


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("", "holds no labelled pairs"),
        ("a,b,label\n", "holds no labelled pairs"),
        ("a,b,label,label\nx,y,1,0\n", "two columns named “label”"),
        ("a,label\nx,1\n", "cannot be told apart"),
        ("w,x,y,z\n1,2,3,4\n", "cannot be told apart"),
        ("a,b,label\nx,y,maybe\n", "Line 2 of mine.csv is labelled “maybe”"),
        ("a,b,label\nx,y,nan\n", "Line 2 of mine.csv is labelled “nan”"),
        ("a,b,label\nx,y,1\nx,z,1\n", "All pairs of mine.csv are labelled 1"),
        ("a,b,label\nx,y,1\nx,z,no\n", "both numbers and words"),
        ("label,score\n1,0.5\n0,nan\n", "Line 3 of mine.csv has the score “nan”"),
        ("label,score\n1,0.5\n0,\n", "Line 3 of mine.csv has the score “”"),
        ("a,b,label\nx,y\n", "Line 2 of mine.csv has 2 entries"),
        ('a,b,label\n"x,y,1\n', "a quotation mark that is never closed"),
        ('a,b,label\n"' + "x" * 200_000 + '",y,1\n', "a quotation mark that is never closed"),
        ('{"a": "x", "b": "y"}', "Line 1 of mine.csv is no JSON object"),
        ('{"a": ["x"], "b": "y", "label": 1}', "Line 1 of mine.csv is no JSON object"),
        ('{"a": "x", "b": "y", "label": 1}\n7', "Line 2 of mine.csv is no JSON object"),
        ('{"a": "x", "b": "y", "label": 1}\n{"score": 1, "label": 1}', "Line 2 of mine.csv has other fields"),
        (b"\x00\x01\x02", "is no text"),
        (b"a,b,label\nna\xefve,\xff\xfe,1\n", "is no text"),
        ("a,b,label\n" + "".join(f"a{n},b,{n % 2}\n" for n in range(MOST_PAIRS + 1)), "more than 20,000 pairs"),
    ],
    ids=lambda value: ascii(value)[:30],
)
def test_what_cannot_be_used_is_refused_in_a_sentence(data, said):
    sentence = refused(data)
    assert said in sentence
    assert sentence.endswith(".")


def test_what_was_done_to_the_pairs_is_said():
    long = "x" * (LONGEST_TEXT + 1)
    data = f"a,b,label\nx,,1\nx,y,\nx,y,1\nx,y,1\nx,y,0\nz,z,1\n{long},y,0\n=1+1,y,0\n"
    assert notes(data) == [
        "2 pairs of which a text or the label is missing were left out.",
        "1 pairs that occur again were taken once.",
        "1 pairs occur again with another label: every one of them counts.",
        "1 pairs hold the same text twice.",
        "1 texts were cut after 5,000 characters.",
        "1 texts begin like a spreadsheet formula: they were read as plain text.",
    ]
    assert notes(CSV) == []


def test_a_long_file_is_read_in_steps():
    data = "score,label\n" + "".join(f"0.5,{n % 2}\n" for n in range(2 * EVERY + 1))
    assert [step.done for step in read_pairs(data, "mine.csv")] == [EVERY, 2 * EVERY]


words = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=9).map(str.strip).filter(bool)


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.tuples(words, words), st.floats(-9, 9), min_size=2, max_size=6))
def test_what_was_written_as_csv_is_read_back(rows):
    if len(set(rows.values())) < 2:
        return
    file = io.StringIO()
    csv.writer(file).writerows([("a", "b", "label"), *((a, b, label) for (a, b), label in rows.items())])
    found = read(file.getvalue().encode())
    assert found.pairs == tuple(rows)
    assert np.array_equal(found.labels, list(rows.values()))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=60) | st.text(max_size=60) | st.text(max_size=60).map("a,b,label\n{}".format))
def test_anything_at_all_is_read_or_refused_in_a_sentence(data):
    with suppress(InvalidRequest):
        assert len(set(read(data).labels)) >= 2
