"""The rivals without prompts, and the sentence vectors they stand on."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.tabs.prompting.few_shot.label_sentences import sentences_of
from playground.tabs.prompting.few_shot.linear_probe import fitted
from playground.tabs.prompting.few_shot.method import METHODS
from playground.tabs.prompting.few_shot.sentences import embed
from playground.tabs.prompting.few_shot.setfit import cosine_loss, oversampled, unique_pairs
from tests.tabs.prompting.few_shot.test_prompt_model import result
from tests.tabs.prompting.few_shot.tiny_settings import TEST, finished, tiny_setting


def test_setfit_has_its_recipe_s_pairs() -> None:
    same, different = unique_pairs(["a"] * 8 + ["b"] * 8)
    assert (len(same), len(different)) == (2 * 28, 64)
    assert len(oversampled(["a"] * 8 + ["b"] * 8, np.random.default_rng(0))) == 128


@given(st.lists(st.integers(1, 6), min_size=2, max_size=4))
@settings(max_examples=20)
def test_pairs_are_counted_by_their_formula(counts: list[int]) -> None:
    same, different = unique_pairs([str(label) for label, count in enumerate(counts) for _ in range(count)])
    assert len(same) == sum(comb(count, 2) for count in counts)
    assert len(different) == comb(sum(counts), 2) - len(same)


def test_either_kind_of_pair_is_seen_as_often() -> None:
    rows = oversampled(["a"] * 3 + ["b"] * 5, np.random.default_rng(0))
    assert (rows[:, 2] == 1).sum() == (rows[:, 2] == 0).sum() == 15
    assert len({tuple(row) for row in rows.tolist()}) == 3 + 10 + 15


def test_one_text_a_label_makes_only_pairs_of_two() -> None:
    assert oversampled(["a", "b"], np.random.default_rng(0)).tolist() == [[0, 1, 0]]


def test_the_pair_loss_is_the_squared_error_of_the_cosine() -> None:
    first, second = torch.nn.functional.normalize(torch.randn(2, 4, 8), dim=2)
    same = torch.tensor([1.0, 0, 1, 0])
    naive = np.mean([(float(a @ b) - float(s)) ** 2 for a, b, s in zip(first, second, same, strict=True)])
    assert cosine_loss(first, second, same).item() == pytest.approx(naive, rel=1e-5)


def test_setfit_stops_at_as_many_pairs_as_allowed() -> None:
    setting = tiny_setting(options={"pairs": 20})
    steps = [own for own in METHODS["setfit"].run(setting, {}) if own.stage == "Training"]
    assert len(steps) == 2


@torch.no_grad()
def test_sentence_vectors_are_means_of_the_last_states(exact: None) -> None:
    setting = tiny_setting()
    assert setting.model.tokenizer is not None
    own = result(embed(setting, TEST))
    for text, vector in zip(TEST, own, strict=True):
        ids = setting.model.tokenizer(text, return_tensors="pt").input_ids
        mean = setting.model.model.base_model(input_ids=ids).last_hidden_state[0].mean(dim=0)
        torch.testing.assert_close(vector, mean / mean.norm(), rtol=1e-4, atol=1e-5)


def test_label_sentences_say_the_words_without_the_text() -> None:
    assert sentences_of(tiny_setting(), "positive") == ["It was good.", "It was great.", "Just good!", "Just great!"]


def test_label_sentences_learn_nothing_from_labels() -> None:
    ordinary = finished("label-sentences", tiny_setting()).probabilities
    other = finished("label-sentences", tiny_setting(train=())).probabilities
    np.testing.assert_array_equal(ordinary, other)


def test_a_probe_tells_apart_what_lies_apart() -> None:
    setting = tiny_setting()
    side = torch.tensor([-1.0 if example.label == "negative" else 1.0 for example in setting.train])
    vectors = torch.stack([side, torch.ones(len(side))], dim=1)
    probabilities = fitted(setting, vectors, torch.tensor([[-2.0, 1], [2.0, 1]]))
    assert probabilities.argmax(axis=1).tolist() == [0, 1]
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-6)
