from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.runtime.errors import InvalidRequest
from playground.tabs.prompting.few_shot.ipet import choose, labellers, new_counts
from playground.tabs.prompting.few_shot.method import METHODS
from tests.tabs.prompting.few_shot.tiny_settings import POOL, finished, tiny_setting

LOTS = 10**6


@pytest.mark.parametrize(("generation", "whole"), [(0, 5 * 40), (1, 25 * 40), (2, 125 * 40)])
def test_sets_grow_fivefold(generation: int, whole: int) -> None:
    assert 40 + sum(new_counts([20, 20], generation, LOTS)) == whole


def test_labels_keep_their_shares() -> None:
    assert new_counts([10, 30], 0, LOTS) == [40, 120]
    assert new_counts([10, 30], 0, 80) == [20, 60]


@given(member=st.integers(0, 12), more=st.integers(1, 20), seed=st.integers(0, 99))
@settings(max_examples=30)
def test_a_quarter_of_the_others_label_texts(member: int, more: int, seed: int) -> None:
    members = member + 1 + more
    who = labellers(member, members, np.random.default_rng(seed))
    assert len(who) == max(1, round((members - 1) / 4)) == len(set(who))
    assert set(who) <= set(range(members)) - {member}


def test_texts_are_chosen_once_and_with_the_label_they_were_given() -> None:
    logits = np.random.default_rng(0).normal(size=(100, 3))
    chosen = choose(logits, [5, 10, 15], np.random.default_rng(1))
    assert np.bincount(chosen.labels).tolist() == [5, 10, 15]
    assert len(set(chosen.places.tolist())) == 30
    assert (logits[chosen.places].argmax(axis=1) == chosen.labels).all()


def test_a_label_given_too_seldom_has_some_texts_twice() -> None:
    logits = np.array([[2.0, 0.0]] * 3 + [[0.0, 2.0]] * 7)
    chosen = choose(logits, [5, 5], np.random.default_rng(0))
    assert np.bincount(chosen.labels).tolist() == [5, 5]
    assert set(chosen.places[chosen.labels == 0].tolist()) == {0, 1, 2}


def test_a_label_never_given_gets_no_text() -> None:
    chosen = choose(np.array([[1.0, 0.0]] * 4), [2, 2], np.random.default_rng(0))
    assert chosen.labels.tolist() == [0, 0]


def test_surer_texts_are_likelier() -> None:
    logits = np.concatenate([np.full((50, 1), 6.0), np.zeros((50, 1))]).repeat(2, axis=1) * [1, 0] + [0.01, 0]
    draws = [choose(logits, [1, 0], np.random.default_rng(seed)).places[0] < 50 for seed in range(300)]
    assert np.mean(draws) == pytest.approx(2 / 3, abs=0.1)  # probabilities 1 and a half


def test_later_generations_learn_from_the_pool() -> None:
    setting = tiny_setting(options={"generations": 2})
    generations = [own.details for own in METHODS["ipet"].run(setting, {}) if own.probabilities is not None]
    assert [own["generation"] for own in generations] == [0, 0, 1, 1]
    assert generations[0]["chosen"] == ()
    for places, labels in generations[-1]["chosen"]:
        assert len(places) == len(labels) <= len(POOL)
        assert set(places.tolist()) <= set(range(len(POOL)))


def test_one_member_alone_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="two patterns"):
        finished("ipet", tiny_setting(patterns=tiny_setting().patterns[:1]))


def test_no_texts_to_label_are_refused() -> None:
    with pytest.raises(InvalidRequest, match="texts without labels"):
        finished("ipet", tiny_setting(unlabelled=()))
