import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from models.nets.conditional_layer_norm import ConditionalLayerNorm, conditioned_on, make_conditional
from tests.tiny_masked_lm import tiny_bert

WIDTH, CONDITION, TASKS = 6, 4, 6


@pytest.fixture
def norm():
    torch.manual_seed(0)
    plain = nn.LayerNorm(WIDTH)
    nn.init.normal_(plain.weight)
    nn.init.normal_(plain.bias)
    return ConditionalLayerNorm(plain, CONDITION)


def stirred(norm):
    for parameter in norm.parameters():
        nn.init.normal_(parameter)
    return norm


@given(st.integers(0, 2**20))
@settings(max_examples=10, deadline=None)
def test_with_zero_maps_it_is_the_plain_one_under_every_condition(seed):
    torch.manual_seed(seed)
    norm = ConditionalLayerNorm(nn.LayerNorm(WIDTH), CONDITION)
    x = torch.randn(TASKS, 3, WIDTH)
    with conditioned_on(torch.randn(TASKS, CONDITION)):
        torch.testing.assert_close(norm(x), norm.plain(x), rtol=0, atol=1e-6)


def test_it_is_the_printed_formula(norm):
    stirred(norm)
    x, condition = torch.randn(2, 3, WIDTH), torch.randn(2, CONDITION)
    with conditioned_on(condition):
        found = norm(x)
    for row in range(2):
        gamma = norm.plain.weight + norm.gamma @ condition[row]
        beta = norm.plain.bias + norm.beta @ condition[row]
        centred = x[row] - x[row].mean(-1, keepdim=True)
        normal = centred / (centred.square().mean(-1, keepdim=True) + norm.plain.eps).sqrt()
        torch.testing.assert_close(found[row], gamma * normal + beta, rtol=0, atol=1e-5)


def test_outside_of_a_block_it_is_the_plain_one(norm):
    stirred(norm)
    x = torch.randn(2, 3, WIDTH)
    assert torch.equal(norm(x), norm.plain(x))


def test_rows_of_a_batch_do_not_feel_each_others_conditions(norm):
    stirred(norm)
    x, conditions = torch.randn(3, 2, WIDTH), torch.randn(3, CONDITION)
    with conditioned_on(conditions):
        together = norm(x)
    for row in range(3):
        with conditioned_on(conditions[row : row + 1]):
            torch.testing.assert_close(together[row], norm(x[row : row + 1])[0], rtol=0, atol=1e-6)


def test_the_block_ends_also_after_an_error(norm):
    stirred(norm)
    x = torch.randn(1, 1, WIDTH)
    with pytest.raises(KeyError), conditioned_on(torch.ones(1, CONDITION)):
        raise KeyError
    assert torch.equal(norm(x), norm.plain(x))


def test_every_norm_of_a_bert_is_replaced_and_the_model_stays_as_it_was():
    model = tiny_bert().model.bert
    ids = torch.tensor([[2, 5, 6, 7, 3]])
    before = model(input_ids=ids).last_hidden_state
    names = {name for name, module in model.named_modules() if isinstance(module, nn.LayerNorm)}
    made = make_conditional(model, CONDITION)
    assert len(made) == len(names) == 1 + 2 * model.config.num_hidden_layers
    with conditioned_on(torch.randn(1, CONDITION)):
        torch.testing.assert_close(model(input_ids=ids).last_hidden_state, before, rtol=0, atol=1e-5)


def test_making_norms_conditional_draws_no_random_numbers():
    model = tiny_bert().model.bert
    before = torch.get_rng_state()
    make_conditional(model, CONDITION)
    assert torch.equal(before, torch.get_rng_state())
