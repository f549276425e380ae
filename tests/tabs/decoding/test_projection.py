import pytest
import torch
from torch import nn
from transformers import GPT2Config, GPT2LMHeadModel

from playground.tabs.decoding import projection
from playground.tabs.decoding.projection import Projection, projection_of
from playground.tabs.decoding.stepper import CausalStepper


@pytest.fixture
def model() -> GPT2LMHeadModel:
    torch.manual_seed(0)
    return GPT2LMHeadModel(GPT2Config(n_layer=2, n_head=2, n_embd=16, vocab_size=2500, n_positions=64)).eval()


@pytest.fixture(autouse=True)
def small_counts_as_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(projection, "LARGE", 1)


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("tokens", [1, 1023, 1024, 1025, 3000])
def test_blocks_give_the_same_logits_as_one_product(tokens: int, bias: bool):
    head, hidden = nn.Linear(8, tokens, bias=bias), torch.randn(5, 8)
    assert torch.allclose(Projection(head)(hidden), head(hidden), atol=1e-6)


@torch.inference_mode()
def test_a_plain_head_is_read_in_blocks(model: GPT2LMHeadModel):
    output = model(torch.tensor([[1, 2, 3]]), output_hidden_states=True)
    assert projection_of(model, output.hidden_states[-1][0], output.logits[0]) is not None


@torch.inference_mode()
def test_a_model_that_does_more_than_multiply_keeps_its_own_head(model: GPT2LMHeadModel):
    output = model(torch.tensor([[1, 2, 3]]), output_hidden_states=True)
    capped = 3 * torch.tanh(output.logits[0] / 3)
    assert projection_of(model, output.hidden_states[-1][0], capped) is None


@torch.inference_mode()
def test_small_output_weights_are_read_at_once(model: GPT2LMHeadModel, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(projection, "LARGE", model.lm_head.weight.numel() + 1)
    output = model(torch.tensor([[1, 2, 3]]), output_hidden_states=True)
    assert projection_of(model, output.hidden_states[-1][0], output.logits[0]) is None


@torch.inference_mode()
@pytest.mark.parametrize("keep_hidden", [True, False])
def test_steps_give_the_models_own_logits_and_states(model: GPT2LMHeadModel, keep_hidden: bool):
    stepper = CausalStepper(model, torch.device("cpu"), keep_hidden)
    stepper.read([1, 2, 3], [4])
    stepper.spread(2)
    logits = stepper.step(torch.tensor([5, 6]))
    whole = model(torch.tensor([[1, 2, 3, 4, 5], [1, 2, 3, 4, 6]]), output_hidden_states=True)
    assert torch.allclose(logits, whole.logits[:, -1], atol=1e-4)
    if keep_hidden:
        assert torch.allclose(stepper.hidden, whole.hidden_states[-1][:, -1], atol=1e-4)
    else:
        assert stepper.hidden is None
