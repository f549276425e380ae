from collections import Counter

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import NoRepeatNGramLogitsProcessor, RepetitionPenaltyLogitsProcessor

from playground.tabs.decoding.penalties import frequency, no_repeat_ngram, presence, repetition

VOCABULARY = 6
SCORES = torch.tensor([[1.5, -2.0, 0.0, 3.0, -0.5, 0.25]])
HISTORIES = st.lists(st.integers(0, VOCABULARY - 1), max_size=30)


def row(history):
    return torch.tensor([history], dtype=torch.long)


@settings(max_examples=50)
@given(HISTORIES.filter(len), st.floats(0.5, 3))
def test_repetition_is_transformers(history, penalty):
    expected = RepetitionPenaltyLogitsProcessor(penalty)(row(history), SCORES)
    assert torch.equal(repetition(SCORES, row(history), torch.tensor([penalty])), expected)


@settings(max_examples=50)
@given(HISTORIES, st.integers(1, 4))
def test_no_repeat_ngram_is_transformers(history, size):
    expected = NoRepeatNGramLogitsProcessor(size)(row(history), SCORES)
    assert torch.equal(no_repeat_ngram(SCORES, row(history), torch.tensor([size])), expected)


@settings(max_examples=50)
@given(HISTORIES, st.floats(-2, 2), st.integers(0, 40))
def test_presence_and_frequency_count_the_window(history, penalty, window):
    counts = Counter(history[-window:] if window else [])
    amount = torch.tensor([penalty], dtype=torch.float64)
    scores = SCORES.double()
    once = presence(scores, row(history), amount, window) - scores
    each = frequency(scores, row(history), amount, window) - scores
    torch.testing.assert_close(once[0].tolist(), [-penalty * (token in counts) for token in range(VOCABULARY)])
    torch.testing.assert_close(each[0].tolist(), [-penalty * counts[token] for token in range(VOCABULARY)])


@settings(max_examples=30)
@given(st.lists(HISTORIES, min_size=2, max_size=4))
def test_padding_on_the_left_counts_for_nothing(histories):
    width = max(map(len, histories))
    padded = torch.tensor([[-1] * (width - len(h)) + h for h in histories], dtype=torch.long)
    scores = SCORES.repeat(len(histories), 1)
    for penalise, values in (
        (repetition, [1.3, 0.7, 2.0, 1.1]),
        (presence, [0.5, -1.0, 2.0, 1.0]),
        (frequency, [0.5, -1.0, 2.0, 1.0]),
        (no_repeat_ngram, [2, 3, 2, 1]),
    ):
        together = penalise(scores, padded, torch.tensor(values[: len(histories)]))
        for i, history in enumerate(histories):
            assert torch.equal(together[i : i + 1], penalise(SCORES, row(history), torch.tensor([values[i]])))


@pytest.mark.parametrize(
    ("penalise", "value"), [(repetition, 2.0), (presence, 1.0), (frequency, 1.0), (no_repeat_ngram, 1)]
)
def test_ids_beyond_the_scores_count_for_nothing(penalise, value):
    """Some models embed more ids than they predict."""
    scores = penalise(SCORES, torch.tensor([[3, 9, 9]]), torch.tensor([value]))
    assert torch.equal(scores, penalise(SCORES, torch.tensor([[3]]), torch.tensor([value])))


@pytest.mark.parametrize(
    ("penalise", "value"), [(repetition, 2.0), (presence, 1.0), (frequency, 1.0), (no_repeat_ngram, 1)]
)
def test_the_scores_given_are_not_changed(penalise, value):
    before = SCORES.clone()
    penalise(SCORES, torch.tensor([[3]]), torch.tensor([value]))
    assert torch.equal(SCORES, before)
