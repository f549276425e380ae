import numpy as np
import pytest
import torch

from models.nets.t_ta import LEAKS
from playground.tabs.prompting.masked_lm import MaskedLM
from playground.tabs.prompting.t_ta.readings import influence, n_passes, one_pass

IDS = [2, 7, 8, 9, 10, 11, 3]
CLOSE = 0.06  # bfloat16, where the processor has it


def finished(steps):
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


@torch.no_grad()
def naive(model, mask):
    """ln p (n,) of every token, from one text at a time with that token masked."""
    found = []
    for place in range(1, len(IDS) - 1):
        ids = torch.tensor([[*IDS[:place], mask, *IDS[place + 1 :]]])
        found.append(float(model(ids, torch.ones_like(ids))[0, place].log_softmax(dim=0)[IDS[place]]))
    return found


def test_one_pass_of_t_ta_equals_n_with_each_token_masked(leased):
    reading = one_pass(leased.t_ta.model, MaskedLM(leased.masked), IDS)
    np.testing.assert_allclose(reading.log_p, naive(leased.t_ta.model, 4), atol=CLOSE)
    assert reading.read == len(IDS)


def test_n_passes_of_a_masked_language_model_equal_the_naive_ones(leased):
    lm = MaskedLM(leased.masked)
    reading = finished(n_passes(lm, IDS))
    expected = naive(lambda ids, mask: leased.masked.model(ids, mask).logits, lm.tokenizer.mask_token_id)
    np.testing.assert_allclose(reading.log_p, expected, atol=CLOSE)
    assert reading.read == 5 * len(IDS)


def test_the_likeliest_tokens_are_those_of_the_whole_distribution(leased):
    reading = one_pass(leased.t_ta.model, MaskedLM(leased.masked), IDS)
    with torch.no_grad():
        logits = leased.t_ta.model(torch.tensor([IDS]), torch.ones(1, len(IDS)))[0, 1:-1]
    best = logits.log_softmax(dim=-1)
    assert [float(best[i, id]) for i, id in enumerate(reading.likeliest)] == pytest.approx(
        best.amax(dim=-1).tolist(), abs=CLOSE
    )


def naive_influence(model, leak):
    """The gradients one output at a time."""
    words = model.words[torch.tensor(IDS)]
    rows = []
    for place, id in enumerate(IDS):
        given = words.clone()[None].requires_grad_()
        log_p = model.head(model.hidden(given, torch.ones(1, len(IDS)), leak))[0, place].log_softmax(dim=0)[id]
        rows.append(torch.autograd.grad(log_p, given)[0][0].norm(dim=-1))
    return torch.stack(rows)


@pytest.mark.parametrize("leak", ["none", *LEAKS])
def test_influences_equal_one_backward_pass_an_output(leased, leak):
    found = influence(leased.t_ta.model, IDS, leak)
    np.testing.assert_allclose(found, naive_influence(leased.t_ta.model, leak), atol=1e-5)
    assert (found.diagonal() == 0).all() == (leak == "none")
