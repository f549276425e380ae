import json
from collections import Counter
from itertools import chain

import pytest

from playground.tabs.matching.lexical import character_ngram_scores
from playground.tabs.matching.pair_sets import PAIR_SETS, load_pairs
from playground.tabs.matching.probe.probe_set import PHENOMENA, PROBE, load_items

ITEMS = load_items("en") + load_items("zh")
TEXTS = [text for item in ITEMS for text in (item.text, item.same, item.different)]


def test_there_are_at_least_two_hundred_pairs():
    assert 2 * len(ITEMS) >= 200
    assert len(PROBE.read_text("utf-8").splitlines()) == len(ITEMS)


def test_every_phenomenon_is_as_frequent_in_every_language():
    counts = Counter((item.language, item.phenomenon) for item in ITEMS)
    assert set(counts) == {(language, name) for language in ("en", "zh") for name in PHENOMENA}
    assert set(counts.values()) == {10}


def test_no_text_stands_there_twice():
    assert len({text.casefold() for text in TEXTS}) == len(TEXTS)


def test_no_text_is_one_of_the_bundled_pairs():
    bundled = {
        text for name in PAIR_SETS for pair in load_pairs(name).dev + load_pairs(name).test for text in (pair.a, pair.b)
    }
    assert not bundled & set(TEXTS)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_texts_are_written_in_their_language(language):
    for item in load_items(language):
        letters = chain(item.text, item.same, item.different)
        assert any("\u4e00" <= letter <= "\u9fff" for letter in letters) == (language == "zh")


def test_the_text_of_another_meaning_mostly_looks_more_alike():
    same = character_ngram_scores([(item.text, item.same) for item in ITEMS])
    different = character_ngram_scores([(item.text, item.different) for item in ITEMS])
    assert (different > same).mean() > 0.8


def test_lines_hold_nothing_but_the_fields_of_an_item():
    keys = {tuple(json.loads(line)) for line in PROBE.read_text("utf-8").splitlines()}
    assert keys == {("language", "phenomenon", "text", "same", "different")}
