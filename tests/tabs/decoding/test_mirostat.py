import math

import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st

from playground.tabs.decoding.mirostat import first_mu, keep_mirostat, next_mu

LOGITS = st.lists(st.floats(-9, 9, width=32), min_size=2, max_size=30)


@given(LOGITS, st.floats(-1, 20))
def test_what_surprises_more_than_mu_goes(logits, mu):
    log_p = torch.tensor([logits], dtype=torch.float64).log_softmax(-1)
    surprise = -np.log2(log_p.exp()[0].numpy())
    assume(np.abs(surprise - mu).min() > 1e-9)
    kept = surprise <= mu
    kept[surprise.argmin()] = True
    assert keep_mirostat(log_p, torch.tensor([mu], dtype=torch.float64))[0].tolist() == kept.tolist()


def test_one_token_stays_where_all_surprise_too_much():
    kept = keep_mirostat(torch.full((2, 8), -math.log(8)), torch.tensor([2.9, 3.1]))
    assert kept.sum(dim=-1).tolist() == [1, 8]


def test_mu_moves_against_the_error():
    tau = torch.tensor([3.0, 3.0, 3.0])
    mu = next_mu(first_mu(tau), torch.tensor([1 / 2, 1 / 8, 1 / 32]), tau)
    torch.testing.assert_close(mu, torch.tensor([6 + 0.1 * 2, 6.0, 6 - 0.1 * 2]))


@pytest.mark.parametrize("tau", [1.0, 2.0, 3.5])
def test_the_surprise_settles_at_the_target(tau):
    generator = torch.Generator().manual_seed(0)
    target = torch.full((1,), tau, dtype=torch.float64)
    mu, surprises = first_mu(target), []
    for _ in range(1500):
        log_p = (torch.randn(1, 200, generator=generator) * 2.5).double().log_softmax(-1)
        kept = log_p.exp() * keep_mirostat(log_p, mu)
        kept /= kept.sum()
        token = kept.multinomial(1, generator=generator)
        probability = kept.gather(-1, token)[:, 0]
        surprises.append(-math.log2(float(probability)))
        mu = next_mu(mu, probability, target)
    assert np.mean(surprises[100:]) == pytest.approx(tau, abs=0.1)
