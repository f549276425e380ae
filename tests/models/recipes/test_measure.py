from __future__ import annotations

import math
from collections import Counter

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from transformers import TopPLogitsWarper

from models.nets.rnn_lm import RecurrentConfig, RecurrentLM
from models.recipes import measure
from models.recipes.corpus import encode_paragraphs
from models.recipes.measure import count_endless, greedy, nucleus, perplexity, top_k
from models.recipes.shares import wilson_interval
from models.recipes.storybooks_rnn import CONTEXT_LENGTH

EOS = 2


@pytest.fixture
def model() -> RecurrentLM:
    torch.manual_seed(0)
    network = RecurrentLM(RecurrentConfig(vocab_size=20, hidden_size=8)).eval()
    torch.nn.init.normal_(network.embedding.weight)
    return network


def prefixes(count: int) -> torch.Tensor:
    return torch.randint(3, 20, (count, 4), generator=torch.Generator().manual_seed(1))


def generator() -> torch.Generator:
    return torch.Generator().manual_seed(0)


@torch.inference_mode()
def test_perplexity_is_that_of_each_paragraph_read_alone(model):
    rows = [[1, *torch.randint(3, 20, (n,)).tolist(), EOS] for n in (12, 40, 17, 30, 11)]
    total = 0.0
    for row in rows:
        log_p = model(torch.tensor([row])).logits[0].double().log_softmax(dim=-1)
        total -= sum(log_p[place - 1, row[place]].item() for place in range(CONTEXT_LENGTH, len(row)))
    count = sum(len(row) - CONTEXT_LENGTH for row in rows)
    value, tokens = perplexity(model, rows)
    assert tokens == count
    assert value == pytest.approx(math.exp(total / count), rel=1e-5)


def test_endless_rows_are_those_that_generate_would_not_end(model):
    ids, limit = prefixes(40), 30
    generated = [model.generate(row[None], max_new_tokens=limit, do_sample=False)[0, 4:].tolist() for row in ids]
    endless = sum(EOS not in tokens for tokens in generated)
    assert 0 < endless < 40
    assert count_endless(model, ids, greedy, limit, seed=0) == endless


def test_a_row_that_ends_at_the_limit_has_ended(model):
    ids = prefixes(40)
    longest = {limit: count_endless(model, ids, greedy, limit, seed=0) for limit in (1, 2, 3)}
    firsts = model(ids).logits[:, -1].argmax(dim=-1)
    assert longest[1] == int((firsts != EOS).sum())
    assert longest[1] >= longest[2] >= longest[3]


@given(st.integers(0, 10**6), st.sampled_from([0.05, 0.2, 0.7, 0.99]))
def test_the_nucleus_is_the_one_of_transformers(seed, mass):
    logits = torch.randn(3, 30, generator=torch.Generator().manual_seed(seed)) * 3
    allowed = TopPLogitsWarper(mass)(None, logits).isfinite()
    draws = torch.stack([nucleus(mass)(logits, torch.Generator().manual_seed(i)) for i in range(20)], dim=1)
    assert allowed.gather(1, draws).all()


def test_a_nucleus_wider_than_the_partial_sort_is_whole(monkeypatch):
    monkeypatch.setattr(measure, "PARTIAL_SORT", 2)
    draws = {nucleus(0.9)(torch.zeros(1, 10), torch.Generator().manual_seed(i)).item() for i in range(300)}
    assert len(draws) == 9


def test_top_k_draws_in_proportion_among_the_k_best():
    logits = torch.tensor([0.6, 0.3, 0.06, 0.04]).log().expand(4000, 4)
    counts = Counter(top_k(2)(logits, generator()).tolist())
    assert set(counts) == {0, 1}
    assert counts[0] / 4000 == pytest.approx(2 / 3, abs=0.03)


@pytest.mark.parametrize(
    ("hits", "trials", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_intervals_are_those_of_newcombe_1998(hits, trials, low, high):
    assert wilson_interval(hits, trials) == pytest.approx((low, high), abs=1e-4)


def test_prefixes_are_contexts_whose_text_gives_the_same_tokens(tokenizer, lines):
    rows = encode_paragraphs(tokenizer, lines, CONTEXT_LENGTH, 1000)
    texts = measure.choose_prefixes(tokenizer, rows, 5, seed=3)
    contexts = [row[:CONTEXT_LENGTH] for row in rows]
    assert len(set(texts)) == 5
    assert all(tokenizer(text).input_ids in contexts for text in texts)
    assert texts == measure.choose_prefixes(tokenizer, rows, 5, seed=3)
