from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import softmax

from playground.tabs.prompting.few_shot.ensemble import member_scores, members_of, merged, probabilities
from playground.tabs.prompting.few_shot.prompt_training import train_prompt
from tests.tabs.prompting.few_shot.tiny_settings import TEST, finished, tiny_setting


@given(st.integers(0, 100), st.lists(st.floats(0.01, 1), min_size=2, max_size=5))
@settings(max_examples=20)
def test_members_count_by_their_accuracy(seed: int, accuracies: list[float]) -> None:
    logits = list(np.random.default_rng(seed).normal(size=(len(accuracies), 4, 3)))
    naive = sum(own * logit for own, logit in zip(accuracies, logits, strict=True)) / sum(accuracies)
    np.testing.assert_allclose(merged(logits, accuracies, "accuracy"), naive, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(merged(logits, accuracies, "mean"), np.mean(logits, axis=0), rtol=1e-5, atol=1e-6)


def test_members_that_are_all_wrong_count_alike() -> None:
    logits = [np.zeros((1, 2)), np.ones((1, 2))]
    assert merged(logits, [0.0, 0.0], "accuracy").tolist() == [[0.5, 0.5]]


def test_probabilities_are_a_softmax() -> None:
    logits = np.array([[1000.0, 1001.0], [-3.0, 2.0]])
    np.testing.assert_allclose(probabilities(logits), softmax(logits, axis=-1), rtol=1e-6)


def test_every_pattern_is_trained_as_often_as_asked() -> None:
    assert len(members_of(tiny_setting(options={"repetitions": 3}))) == 6


def test_a_member_knows_the_pool_only_where_asked() -> None:
    setting, sizes = tiny_setting(), []
    for pool in (False, True):
        pattern = setting.patterns[0]
        steps = member_scores(setting, outcomes := {}, "a", pattern, train_prompt(setting, pattern, 0), pool=pool)
        list(steps)
        sizes.append((len(outcomes["a.test"]), len(outcomes["a.pool"])))
    assert sizes == [(len(TEST), 0), (len(TEST), len(setting.unlabelled))]


def test_pet_tells_what_every_pattern_says_alone() -> None:
    setting = tiny_setting(options={"weights": "mean"})
    details = finished("pet", setting).details
    assert details["templates"] == tuple(pattern.template for pattern in setting.patterns)
    assert details["patterns"].shape == (2, len(TEST), 2)
    assert all(0 <= weight <= 1 for weight in details["weights"])


def test_training_lowers_the_loss() -> None:
    setting = tiny_setting(options={"steps": 30})
    losses = [own.details["loss"] for own in train_prompt(setting, setting.patterns[0], 0) if own.stage == "Training"]
    assert losses[-1] < 0.5 * losses[0]
