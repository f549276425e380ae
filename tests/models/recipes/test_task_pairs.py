from collections import Counter

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from models.nets.conditional_cross_encoder import LONG
from models.recipes.task_pairs import Paper, batched, halves, judged_pairs, paper_pairs, read_papers, scored_pairs
from tests.models.recipes.tiny_conditional import write_data

few = settings(max_examples=25, deadline=None)
PAPERS = [Paper(f"题{n}", f"{n}甲" * 40 + "。" + f"{n}乙" * 40 + "。", "医学" if n % 2 else "文学") for n in range(40)]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return write_data(tmp_path_factory.mktemp("data"))


def test_scores_of_three_are_loosely_and_of_four_and_a_half_strictly_alike(data):
    found = [(pair.loose, pair.strict) for pair in scored_pairs(data, "train")[:6]]
    assert found == [(False, False)] * 3 + [(True, False)] * 2 + [(True, True)]


def test_dev_and_test_share_no_paper(data):
    parts = [{paper.title for paper in read_papers(data, part)} for part in ("train", "dev", "test")]
    assert [len(part) for part in parts] == [32, 16, 16]
    assert len(set.union(*parts)) == 64


def test_strictly_alike_is_loosely_alike_and_all_three_kinds_occur():
    kinds = Counter((pair.loose, pair.strict) for pair in paper_pairs(PAPERS, 0))
    assert set(kinds) == {(True, True), (True, False), (False, False)}
    assert min(kinds.values()) > 10


def test_the_labels_say_whose_the_texts_are():
    by_text = {text: paper for paper in PAPERS for text in (paper.title, paper.abstract, *halves(paper.abstract))}
    for pair in paper_pairs(PAPERS, 1):
        one, other = by_text[pair.a], by_text[pair.b]
        assert pair.strict == (one is other)
        assert pair.loose == (one.discipline == other.discipline)
        assert pair.a != pair.b


def test_either_text_may_come_first():
    first = Counter(len(pair.a) < LONG for pair in paper_pairs(PAPERS, 2) if min(len(pair.a), len(pair.b)) < LONG)
    assert min(first.values()) > 5


def test_the_same_seed_draws_the_same_pairs(data):
    assert judged_pairs(data, "train", 3) == judged_pairs(data, "train", 3)
    assert judged_pairs(data, "train", 3) != judged_pairs(data, "train", 4)


def test_an_abstract_is_cut_between_sentences_and_not_at_a_decimal_point():
    assert halves("占 0.5 和 0.7 的样本。其余略。") == ("占 0.5 和 0.7 的样本。", "其余略。")
    assert halves("没有句号的一段") == ("没有句", "号的一段")


@given(st.text("ab。.1 ", max_size=40))
@few
def test_halves_lose_nothing_but_spaces(text):
    assert "".join(halves(text)).replace(" ", "") == text.replace(" ", "")


@given(st.lists(st.integers(1, 99), max_size=200), st.integers(1, 8))
@few
def test_batches_hold_every_place_at_most_once_and_leave_out_less_than_one_batch(lengths, size):
    batches = list(batched(lengths, size, torch.Generator().manual_seed(0)))
    places = [place for batch in batches for place in batch]
    assert len(set(places)) == len(places)
    assert all(len(batch) == size for batch in batches)
    assert len(lengths) - len(places) < size
