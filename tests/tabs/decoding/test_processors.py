import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from transformers import LogitsProcessorList, TopKLogitsWarper, TopPLogitsWarper

from playground.tabs.decoding.processors import ConsistentNucleus, ConsistentTopK, NMSTFloor

LOGITS = st.lists(st.floats(-9, 9, width=32), min_size=4, max_size=30, unique=True)


@given(LOGITS, st.sampled_from([(ConsistentTopK, TopKLogitsWarper, 2), (ConsistentNucleus, TopPLogitsWarper, 0.3)]))
def test_consistent_sets_are_the_ordinary_ones_and_eos(logits, case):
    ours, theirs, value = case
    scores = torch.tensor([logits])
    expected = theirs(value)(None, scores).isfinite()
    expected[:, 2] = True
    kept = ours(value, eos_token_id=2)(torch.zeros(1, 1), scores)
    assert kept[0, 2] == scores[0, 2]
    assert int((kept.isfinite() ^ expected).sum()) <= 1  # one token may fall to either side by rounding
    assert kept.softmax(-1).sum().item() == pytest.approx(1)


def test_generate_takes_them(make_rnn):
    model = make_rnn(eos_bias=1.0)
    prompt = torch.tensor([[1, 40, 41]])
    for processor in (ConsistentTopK(2, 2), ConsistentNucleus(0.2, 2), NMSTFloor(0.02, 2, prompt.shape[1])):
        torch.manual_seed(0)
        arguments = {"do_sample": True, "top_k": 0, "max_new_tokens": 400, "pad_token_id": 0}
        output = model.generate(prompt, logits_processor=LogitsProcessorList([processor]), **arguments)
        assert output[0, -1] == 2
