from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.tabs.decoding.certificate import LoopCertificate, row_state
from playground.tabs.decoding.loops import LoopDetector
from playground.tabs.decoding.measure.loops import Certificates, Loops


@given(st.lists(st.tuples(*[st.integers(0, 1)] * 3), min_size=1, max_size=60))
@settings(max_examples=60)
def test_the_loops_of_many_rows_are_those_of_each(columns):
    loops, detectors = Loops(3, 200, torch.device("cpu")), [LoopDetector() for _ in range(3)]
    for column in columns:
        periods = loops.push(torch.tensor(column)).tolist()
        alone = [detector.push(token) for detector, token in zip(detectors, column, strict=True)]
        assert periods == [loop.period if loop else 0 for loop in alone]


def test_rows_that_stay_keep_their_loops():
    loops = Loops(3, 200, torch.device("cpu"))
    for _ in range(3):
        loops.push(torch.tensor([1, 2, 3]))
    loops.keep(torch.tensor([2, 0]))
    assert loops.push(torch.tensor([3, 5])).tolist() == [1, 0]


@pytest.mark.parametrize("cell", ["tanh", "lstm"])
def test_certificates_of_many_rows_are_those_of_each(make_rnn, cell):
    """Step by step over greedy runs from many first tokens, with rows leaving half-way."""
    model = make_rnn(cell=cell, seed=5, eos_bias=-1.0)
    tokens = torch.arange(3, 27)
    watched = list(range(len(tokens)))
    size = 64 * (2 if cell == "lstm" else 1)
    many = Certificates(model, len(tokens), size)
    alone = [(LoopCertificate(model), LoopDetector()) for _ in tokens]
    found = 0
    with torch.inference_mode():
        output = model(tokens[:, None])
        for step in range(150):
            best, choices = output.logits[:, -1].log_softmax(-1).topk(2)
            margins, tokens = best[:, 0] - best[:, 1], choices[:, 0]
            states = torch.stack([row_state(output.past_key_values, row) for row in range(len(tokens))])
            certain = many.push(tokens, states, margins)
            for row, name in enumerate(watched):
                certificate, detector = alone[name]
                expected = certificate.push(states[row], float(margins[row]), detector.push(int(tokens[row])))
                assert bool(certain[row]) == expected
                found += expected
            if step == 40:
                staying = torch.arange(0, len(watched), 2)
                watched = watched[::2]
                many.keep(staying)
                output.past_key_values.reorder_cache(staying)
                tokens = tokens[staying]
            output = model(tokens[:, None], past_key_values=output.past_key_values)
    assert found > 0
