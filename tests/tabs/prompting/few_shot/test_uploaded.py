import csv
import io
import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.runtime.errors import InvalidRequest
from playground.tabs.prompting.few_shot.uploaded import (
    LONGEST_TEXT,
    MOST_LABELS,
    MOST_ROWS,
    read_examples,
)

CSV = 'text,label\na fine film,good\n"dull, and long",bad\n'
PAIRS = [("a fine film", "good"), ("dull, and long", "bad")]


def pairs(data):
    return [(example.text, example.label) for example in read_examples(data, "mine.csv").examples]


def refused(data):
    with pytest.raises(InvalidRequest) as caught:
        read_examples(data, "mine.csv")
    return str(caught.value)


def notes(data):
    return [str(note) for note in read_examples(data, "mine.csv").notes]


@pytest.mark.parametrize(
    "data",
    [
        CSV,
        CSV.encode(),
        CSV.encode("utf-8-sig"),
        CSV.encode("utf-16"),
        CSV.replace("\n", "\r\n").encode(),
        CSV.replace("text,label\n", ""),
        "label\tid\tSentence\ngood\t1\ta fine film\nbad\t2\tdull, and long\n",
        "\n".join(json.dumps({"text": text, "label": label, "id": 3}) for text, label in PAIRS),
    ],
    ids=["text", "utf-8", "bom", "utf-16", "windows", "no header", "tabs", "jsonl"],
)
def test_texts_and_labels_are_found_in_every_usual_form(data):
    assert pairs(data) == PAIRS


def test_without_a_header_the_column_that_repeats_is_the_label():
    assert pairs("good;a\nbad;b\ngood;c, d\n") == [("a", "good"), ("b", "bad"), ("c, d", "good")]


def test_a_file_in_gbk_is_read():
    assert pairs("文本,标签\n很好,正面\n太差了,负面\n".encode("gbk")) == [("很好", "正面"), ("太差了", "负面")]


def test_whole_numbers_are_labels_too():
    assert read_examples('{"text": "a", "label": 0}\n{"text": "b", "label": 1}', "mine.jsonl").labels == ("0", "1")


def test_labels_come_in_the_order_in_which_they_occur():
    assert read_examples("text,label\na,z\nb,a\nc,z\n", "mine.csv").labels == ("z", "a")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("text,label\na,x\nb,y,z\n", "Line 3 of mine.csv has 3 entries, the first line has 2"),
        ("", "holds no labelled texts"),
        (" \n\n", "holds no labelled texts"),
        ("a,b,c\nd,e,f\n", "has 3 columns"),
        ("only words\n", "has 1 columns"),
        ('text,label\n"never closed,x\n', "a quotation mark that is never closed"),
        ('{"text": "a"}', "Line 1 of mine.csv is no JSON object"),
        ('{"text": "a", "label": "x"}\n[1]', "Line 2 of mine.csv is no JSON object"),
        ('{"text": 7, "label": "x"}', "Line 1 of mine.csv is no JSON object"),
        (b"\x00\x01\x02\x03", "is no text"),
        (b"\xff\xfe\x00", "is no text"),
        ("text,label\na,x\nb,x\n", "All texts of mine.csv are labelled “x”"),
        ("text,label\na,x\na,y\n", "“a” is labelled both “x” and “y”"),
        (f"text,label\na,{'x' * 61}\n", "a label of more than 60 characters"),
        ("text,label\n" + "".join(f"t{n},c{n}\n" for n in range(100)), "has 100 labels"),
        ("text,label\n" + "".join(f"t{n},c{n % 2}\n" for n in range(MOST_ROWS + 1)), "more than 20,000 texts"),
    ],
    ids=lambda value: ascii(value)[:30],
)
def test_what_cannot_be_used_is_refused_in_a_sentence(data, said):
    sentence = refused(data)
    assert said in sentence
    assert sentence.endswith(".")


def test_as_many_labels_as_allowed_are_taken():
    data = "text,label\n" + "".join(f"t{n},c{n % MOST_LABELS}\n" for n in range(2 * MOST_LABELS))
    assert len(read_examples(data, "mine.csv").labels) == MOST_LABELS


def test_what_was_done_to_the_texts_is_said():
    long = "x" * (LONGEST_TEXT + 1)
    data = f"text,label\na,x\na,x\nb,\n=1+1,y\n{long},y\n"
    assert notes(data) == [
        "1 lines without a text or a label were left out.",
        "1 texts that occur twice were taken once.",
        "1 texts were cut after 2,000 characters.",
        "1 texts begin like a spreadsheet formula: they were read as plain text.",
    ]
    assert notes(CSV) == []


def test_a_formula_is_plain_text():
    assert pairs('text,label\n"=HYPERLINK(""http://x"")",x\nb,y\n')[0][0] == '=HYPERLINK("http://x")'


words = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=12).map(str.strip).filter(bool)


@settings(max_examples=40)
@given(st.dictionaries(words, st.sampled_from(["good", "bad"]), min_size=2))
def test_what_was_written_as_csv_is_read_back(rows):
    if len(set(rows.values())) < 2:
        return
    file = io.StringIO()
    csv.writer(file).writerows([("text", "label"), *rows.items()])
    assert dict(pairs(file.getvalue().encode())) == rows


@settings(max_examples=60)
@given(st.binary(max_size=80) | st.text(max_size=80))
def test_anything_at_all_is_read_or_refused_in_a_sentence(data):
    with suppress(InvalidRequest):
        assert len(read_examples(data, "mine.csv").labels) >= 2
