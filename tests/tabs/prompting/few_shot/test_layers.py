from __future__ import annotations

import pytest
import torch
from torch import Tensor

from playground.runtime.loaders import Loaded
from playground.tabs.prompting.few_shot.layers import at_places, body_of, masked_mean, padded, run_layers
from tests.tiny_masked_lm import tiny_bert, tiny_roberta

both_kinds = pytest.mark.parametrize("loaded", [tiny_bert(), tiny_roberta()], ids=["bert", "roberta"])
LENGTHS = torch.tensor([9, 5, 7])


def _batch(loaded: Loaded) -> tuple[Tensor, Tensor]:
    """Ids and mask (3, 9), padded."""
    assert loaded.tokenizer is not None
    ids = torch.randint(5, len(loaded.tokenizer), (3, 9), generator=torch.Generator().manual_seed(0))
    mask = torch.arange(9) < LENGTHS[:, None]
    return torch.where(mask, ids, loaded.tokenizer.pad_token_id), mask


@both_kinds
@torch.no_grad()
def test_layers_give_what_the_whole_model_gives(loaded: Loaded) -> None:
    ids, mask = _batch(loaded)
    body = body_of(loaded)
    own = run_layers(body.layers, body.embeddings(input_ids=ids), mask)
    whole = loaded.model.base_model(input_ids=ids, attention_mask=mask.long()).last_hidden_state
    torch.testing.assert_close(own[mask], whole[mask])


@both_kinds
@torch.no_grad()
def test_the_last_layer_can_answer_at_some_places_alone(loaded: Loaded) -> None:
    ids, mask = _batch(loaded)
    body = body_of(loaded)
    places = torch.tensor([[8, 0], [4, 1], [2, 3]])
    hidden = body.embeddings(input_ids=ids)
    whole = at_places(run_layers(body.layers, hidden, mask), places)
    torch.testing.assert_close(run_layers(body.layers, hidden, mask, places), whole)


def test_no_layers_leave_states_as_they_are() -> None:
    states, places = torch.randn(2, 3, 4), torch.tensor([[1], [2]])
    assert run_layers([], states, torch.ones(2, 3).bool(), places).equal(at_places(states, places))


def test_padding_is_masked() -> None:
    rows = [torch.ones(2, 3), torch.ones(4, 3)]
    states, mask = padded(rows)
    assert mask.tolist() == [[True, True, False, False], [True] * 4]
    assert states[0, 2:].eq(0).all()


def test_the_mean_leaves_padding_out() -> None:
    states, mask = padded([torch.full((2, 3), 5.0), torch.ones(4, 3)])
    assert masked_mean(states, mask)[:, 0].tolist() == [5, 1]
