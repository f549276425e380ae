import numpy as np
import pytest
import torch
from transformers import StoppingCriteriaList

from playground.tabs.decoding.loops import LoopDetector
from playground.tabs.decoding.stopping import LoopStop


def steps_until(stop, row):
    """How many tokens it takes, one after another as in generate, until the row ends."""
    return next(
        (t for t in range(stop.prompt_length + 1, len(row) + 1) if bool(stop(torch.tensor([row[:t]]), None)[0])), None
    )


def test_a_row_ends_with_the_third_copy():
    assert steps_until(LoopStop(tokens=1), [9, 1, 2, 1, 2, 1, 2, 1, 2]) == 7


def test_more_copies_and_a_longer_stretch_can_be_asked_for():
    row = [9] + [1, 2] * 40
    assert steps_until(LoopStop(copies=5, tokens=1), row) == 11
    assert steps_until(LoopStop(), row) == 65


def test_the_prompt_may_be_left_out():
    row = [4, 4, 4, 4, 5, 6, 7, 7, 7]
    assert steps_until(LoopStop(tokens=1), row) == 3
    assert steps_until(LoopStop(tokens=1, prompt_length=4), row) == 9


def test_rows_are_looked_at_apart_and_followed_when_they_move():
    stop = LoopStop(tokens=1)
    assert stop(torch.tensor([[1, 2, 2], [3, 3, 3]]), None).tolist() == [False, True]
    assert stop(torch.tensor([[3, 3, 3, 3], [1, 2, 2, 2], [1, 2, 2, 4]]), None).tolist() == [True, True, False]


def test_it_is_the_detector_at_every_length():
    row = np.random.default_rng(0).integers(0, 2, 200).tolist()
    detector, stop = LoopDetector(), LoopStop(tokens=1)
    for t, token in enumerate(row, 1):
        expected = detector.push(token) is not None
        assert bool(stop(torch.tensor([row[:t]]), None)[0]) == expected


@pytest.mark.parametrize("beams", [1, 3])
def test_generate_stops_a_looping_row(make_rnn, beams):
    model = make_rnn(eos_bias=-50.0)
    prompt = torch.tensor([[1, 40, 41]])
    arguments = {"max_new_tokens": 400, "pad_token_id": 0, "do_sample": False, "num_beams": beams}
    stop = LoopStop(tokens=24, prompt_length=3)
    output = model.generate(prompt, stopping_criteria=StoppingCriteriaList([stop]), **arguments)
    assert output.shape[1] < 300
    endless = model.generate(prompt, **arguments)
    if beams == 1:
        assert torch.equal(output[0], endless[0, : output.shape[1]])
