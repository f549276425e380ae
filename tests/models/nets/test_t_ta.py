import pytest
import torch
from torch import Tensor, nn

from models.nets.t_ta import LEAKS, TTA, Leak, TTAShape

SHAPE = TTAShape(vocabulary=20, width=8, layers=3, heads=2, inner=16, longest=7)


@pytest.fixture
def model() -> TTA:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return TTA(SHAPE, nn.Parameter(torch.randn(20, 8), requires_grad=False)).double().eval()


def jacobian(model: TTA, leak: Leak = "none") -> Tensor:
    """|∂ output i / ∂ word j| of a sentence of five tokens, (T, T)."""
    vectors = model.words[torch.tensor([1, 2, 3, 4, 5])]
    mask = torch.ones(1, 5)
    full = torch.autograd.functional.jacobian(lambda x: model.head(model.hidden(x[None], mask, leak))[0], vectors)
    return full.abs().amax(dim=(1, 3))


def test_no_output_depends_on_the_token_in_its_own_place(model: TTA) -> None:
    assert torch.equal(jacobian(model).diagonal(), torch.zeros(5, dtype=torch.double))


def test_every_output_depends_on_every_other_token(model: TTA) -> None:
    assert (jacobian(model) + torch.eye(5) > 1e-6).all()


@pytest.mark.parametrize("leak", LEAKS)
def test_without_one_of_its_three_rules_every_token_reaches_its_own_output(model: TTA, leak: Leak) -> None:
    assert (jacobian(model, leak).diagonal() > 1e-6).all()


def test_one_layer_may_look_at_its_own_input(model: TTA) -> None:
    model.layers = model.layers[:1]
    assert torch.equal(jacobian(model, "values").diagonal(), torch.zeros(5, dtype=torch.double))


def test_one_pass_equals_a_pass_for_every_token_masked(model: TTA) -> None:
    ids = torch.tensor([[1, 2, 3, 4, 5]])
    together = model(ids, torch.ones(1, 5))[0]
    alone = [model(ids.clone().index_fill_(1, torch.tensor(i), 19), torch.ones(1, 5))[0, i] for i in range(5)]
    assert torch.allclose(together, torch.stack(alone), atol=1e-12)


def test_padding_changes_nothing(model: TTA) -> None:
    ids = torch.tensor([[1, 2, 3, 0, 0], [4, 5, 6, 7, 8]])
    mask = torch.tensor([[1, 1, 1, 0, 0], [1, 1, 1, 1, 1]])
    assert torch.allclose(model(ids, mask)[0, :3], model(ids[:1, :3], mask[:1, :3])[0], atol=1e-12)


@pytest.mark.parametrize("tokens", [1, 8])
def test_too_few_or_too_many_tokens_are_refused(model: TTA, tokens: int) -> None:
    with pytest.raises(ValueError, match="from 2 to 7 tokens"):
        model(torch.ones(1, tokens, dtype=torch.long), torch.ones(1, tokens))


def test_the_word_table_is_shared_and_must_fit(model: TTA) -> None:
    words = nn.Parameter(torch.randn(20, 8))
    assert TTA(SHAPE, words).words is words
    with pytest.raises(ValueError, match="word table"):
        TTA(SHAPE, nn.Parameter(torch.randn(20, 4)))
