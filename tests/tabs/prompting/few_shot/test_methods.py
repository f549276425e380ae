"""What holds for every method: it is deterministic, goes on where it stopped, and leaves the leased model alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from playground.tabs.prompting.few_shot.method import METHODS, STAGES, Outcomes
from playground.tabs.prompting.verbalizers import parse_verbalizer
from tests.tabs.prompting.few_shot.tiny_settings import TEST, finished, tiny_setting
from tests.tiny_masked_lm import tiny_bert, tiny_roberta

FULL = {"options": {"distil": True, "auxiliary": 1e-2}}
every_method = pytest.mark.parametrize("name", METHODS)


@every_method
def test_ends_with_a_distribution_over_the_labels_for_every_test_text(name: str) -> None:
    probabilities = finished(name, tiny_setting()).probabilities
    assert probabilities is not None
    assert probabilities.shape == (len(TEST), 2)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)


@every_method
def test_names_its_stages(name: str) -> None:
    assert {progress.stage for progress in METHODS[name].run(tiny_setting(**FULL), {})} <= set(STAGES)


@every_method
def test_gives_the_same_numbers_again_whether_or_not_states_were_kept(name: str) -> None:
    setting = tiny_setting(**FULL)
    first, second = (finished(name, setting).probabilities for _ in range(2))
    np.testing.assert_array_equal(first, second)


@every_method
def test_goes_on_from_every_stage_as_if_it_had_not_stopped(name: str) -> None:
    whole = finished(name, tiny_setting(**FULL))
    for stages in (1, 3):
        outcomes = _stopped(name, stages)
        np.testing.assert_array_equal(finished(name, tiny_setting(**FULL), outcomes).probabilities, whole.probabilities)


@every_method
def test_writes_nothing_to_the_leased_model(name: str) -> None:
    loaded, untouched = tiny_bert(), tiny_bert()
    finished(name, tiny_setting(loaded, **FULL))
    for (_, own), (_, other) in zip(loaded.model.named_parameters(), untouched.model.named_parameters(), strict=True):
        assert own.equal(other)
        assert own.grad is None
        assert not own.requires_grad


@pytest.mark.parametrize("name", ["pet", "su", "p-tuning", "demonstrations", "setfit", "cls-fine-tuning"])
def test_another_seed_gives_other_numbers(name: str) -> None:
    ordinary = tiny_setting(train=tiny_setting().train * 3)
    first, second = (finished(name, replace(ordinary, seed=seed)).probabilities for seed in (0, 1))
    assert not np.array_equal(first, second)


@every_method
def test_reads_byte_level_tokens_too(name: str) -> None:
    words = parse_verbalizer("negative: bad\npositive: great")
    setting = tiny_setting(tiny_roberta(), verbalizer=words, options={"words": 1})
    probabilities = finished(name, setting).probabilities
    assert probabilities is not None
    assert np.isfinite(probabilities).all()


def _stopped(name: str, stages: int) -> Outcomes:
    """The outcomes of a run that was closed once so many stages had ended."""
    outcomes: Outcomes = {}
    progress = METHODS[name].run(tiny_setting(**FULL), outcomes)
    changes, before = 0, 0
    for _ in progress:
        changes, before = changes + (len(outcomes) != before), len(outcomes)
        if changes == stages:
            break
    progress.close()
    return dict(outcomes)
