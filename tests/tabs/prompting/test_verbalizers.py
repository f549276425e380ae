from __future__ import annotations

import re

import pytest

from playground.runtime.errors import InvalidRequest
from playground.tabs.prompting.verbalizers import Verbalizer, label_ids, parse_verbalizer, pieces
from tests.tiny_masked_lm import byte_level_tokenizer, word_piece_tokenizer

BERT = word_piece_tokenizer()


def test_labels_and_words_come_in_the_order_they_were_written() -> None:
    verbalizer = parse_verbalizer("positive: great, good\n\nnegative: bad\n")
    assert verbalizer == Verbalizer({"positive": ("great", "good"), "negative": ("bad",)})
    assert verbalizer.labels == ("positive", "negative")


def test_a_chinese_keyboard_will_do() -> None:
    assert parse_verbalizer("正面：很，真\n负面：不、没").words == {"正面": ("很", "真"), "负面": ("不", "没")}


def test_a_word_twice_in_one_label_counts_once() -> None:
    assert parse_verbalizer("a: great, great\nb: bad").words["a"] == ("great",)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (" \n", "no label words"),
        ("positive: great", "only one label"),
        ("positive great\nnegative: bad", "has no colon"),
        (": great\nnegative: bad", "no label before the colon"),
        ("positive:\nnegative: bad", "label “positive” has no words"),
        ("positive: great\npositive: good", "stands on two lines"),
        ("positive: great\nnegative: great", "stands for two labels, “positive” and “negative”"),
        ("\n".join(f"l{n}: w{n}" for n in range(101)), "There are 101 labels"),
    ],
)
def test_label_words_that_cannot_be_used_say_why(text: str, says: str) -> None:
    with pytest.raises(InvalidRequest, match=re.escape(says)):
        parse_verbalizer(text)


def test_a_word_is_cut_as_it_stands_in_a_sentence() -> None:
    assert pieces("great", BERT) == ("great",)
    assert pieces("pizza", BERT) == ("p", "##i", "##z", "##z", "##a")
    assert pieces("great", byte_level_tokenizer()) == ("Ġgreat",)


def test_every_label_gets_the_tokens_of_its_words() -> None:
    ids = label_ids(parse_verbalizer("positive: great, good\nnegative: bad"), BERT)
    assert [BERT.convert_ids_to_tokens(of_label) for of_label in ids] == [["great", "good"], ["bad"]]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("a: pizza\nb: bad", "“pizza” is 5 tokens to this model (p ##i ##z ##z ##a)"),
        ("a: 😀\nb: bad", "does not know the word “😀”"),
        ("a: great\nb: Great", "stands for two labels"),
    ],
)
def test_words_that_are_not_one_token_of_their_own_say_so(words: str, says: str) -> None:
    with pytest.raises(InvalidRequest, match=re.escape(says)):
        label_ids(parse_verbalizer(words), BERT)
