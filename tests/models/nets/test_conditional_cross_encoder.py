import copy

import pytest
import torch
from torch import nn

from models.nets import cross_encoder
from models.nets.conditional_cross_encoder import LONG, TASKS, ConditionalCrossEncoder, task_of
from models.nets.conditional_layer_norm import ConditionalLayerNorm
from models.nets.cross_encoder import CrossEncoder, padded, pair_batches, pair_rows
from tests.tiny_masked_lm import tiny_bert

PAIRS = [("it was great", "the movie was good"), ("it", "bad " * 40), ("great " * 30, "good " * 30)]


@pytest.fixture
def tiny():
    return tiny_bert()


@pytest.fixture
def model(tiny):
    torch.manual_seed(0)
    return ConditionalCrossEncoder(tiny.model.bert).eval()


def stir(model):
    """Make the conditions matter."""
    for norm in model.modules():
        if isinstance(norm, ConditionalLayerNorm):
            nn.init.normal_(norm.gamma, std=0.3)
            nn.init.normal_(norm.beta, std=0.3)


def inputs(tiny, pairs):
    return padded(pair_rows(tiny.tokenizer, pairs), tiny.tokenizer.pad_token_id)


def logits_of(model, tiny, criterion):
    found = torch.empty(len(PAIRS))
    for places, logits in pair_batches(model, tiny.tokenizer, PAIRS, criterion):
        found[places] = logits
    return found


def test_there_are_six_tasks_by_length_and_criterion():
    short, long = "x" * (LONG - 1), "x" * LONG
    assert [task_of(pair, "A") for pair in ((short, short), (short, long), (long, short), (long, long))] == [0, 2, 2, 4]
    assert [task_of(pair, "B") for pair in ((short, short), (short, long), (long, long))] == [1, 3, 5]
    assert len(TASKS) == 6


def test_a_fresh_one_reads_as_the_plain_cross_encoder_under_every_task(tiny):
    plain = CrossEncoder(copy.deepcopy(tiny.model.bert)).eval()
    model = ConditionalCrossEncoder(tiny.model.bert).eval()
    model.head.load_state_dict(plain.head.state_dict())
    ids, mask = inputs(tiny, PAIRS[:1])
    expected = plain(ids, mask)
    for task in range(len(TASKS)):
        torch.testing.assert_close(model(ids, mask, torch.tensor([task])), expected, rtol=0, atol=1e-5)


def test_only_the_asked_tasks_embedding_has_a_gradient(model, tiny):
    stir(model)
    ids, mask = inputs(tiny, PAIRS[:2])
    model(ids, mask, torch.tensor([3, 3])).sum().backward()
    moved = model.conditions.weight.grad.abs().sum(1) > 0
    assert moved.tolist() == [task == 3 for task in range(len(TASKS))]


def test_the_criterion_moves_the_score(model, tiny):
    stir(model)
    assert (logits_of(model, tiny, "A") - logits_of(model, tiny, "B")).abs().min() > 0


def test_a_pair_scores_the_same_alone_and_in_a_batch_of_other_tasks(model, tiny, monkeypatch):
    monkeypatch.setattr(cross_encoder, "has_bfloat16", lambda: False)
    stir(model)
    together = logits_of(model, tiny, "B")
    for place, pair in enumerate(PAIRS):
        ((_, alone),) = pair_batches(model, tiny.tokenizer, [pair], "B")
        torch.testing.assert_close(alone, together[place : place + 1], rtol=0, atol=1e-5)
