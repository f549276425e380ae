import random
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from models.nets import cross_encoder
from models.nets.cross_encoder import CrossEncoder, bert_of, mean_state, pair_batches, pair_rows
from playground.runtime.loaders import Loaded
from tests.tiny_masked_lm import tiny_bert

PAIRS = [
    ("the movie was great", "the film was good"),
    ("", ""),
    ("a summary of the plot", ""),
    ("it was bad " * 200, "not very good"),
    ("it was bad", "not very good " * 4000),
    ("the film was good", "the movie was great"),
]


@pytest.fixture(autouse=True)
def in_float32(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cross_encoder, "has_bfloat16", lambda: False)


@pytest.fixture(scope="module")
def base() -> Loaded:
    return tiny_bert()


@pytest.fixture(scope="module")
def model(base: Loaded) -> nn.Module:
    torch.manual_seed(1)
    return CrossEncoder(bert_of(base.model)).eval()


def logits(model: nn.Module, tokenizer: Any, pairs: list[tuple[str, str]]) -> Tensor:
    found = torch.full((len(pairs),), torch.nan)
    for places, some in pair_batches(model, tokenizer, pairs):
        found[places] = some
    return found


def test_a_logit_is_the_head_of_the_mean_state_of_both_texts_as_one_row(base: Loaded, model: nn.Module) -> None:
    assert base.tokenizer is not None
    assert isinstance(model, CrossEncoder)
    row = base.tokenizer("it was good", "it was bad", return_tensors="pt").input_ids
    state = model.body(row).last_hidden_state.mean(1)
    torch.testing.assert_close(logits(model, base.tokenizer, [("it was good", "it was bad")]), model.head(state)[:, 0])


def test_the_rows_are_cls_a_sep_b_sep(base: Loaded) -> None:
    assert base.tokenizer is not None
    ((*row,),) = pair_rows(base.tokenizer, [("good film", "bad plot")])
    tokens = ["[CLS]", "good", "film", "[SEP]", "bad", "plot", "[SEP]"]
    assert base.tokenizer.convert_ids_to_tokens(row) == tokens


def test_the_longer_text_of_a_pair_is_cut_first(base: Loaded) -> None:
    assert base.tokenizer is not None
    ((*row,),) = pair_rows(base.tokenizer, [("good " * 50, "bad plot")], 10)
    tokens = base.tokenizer.convert_ids_to_tokens(row)
    assert tokens == ["[CLS]", *["good"] * 5, "[SEP]", "bad", "plot", "[SEP]"]


@given(st.randoms(use_true_random=False))
@settings(max_examples=5, deadline=None)
def test_logits_do_not_depend_on_order_or_company(base: Loaded, model: nn.Module, chance: random.Random) -> None:
    order = list(range(len(PAIRS)))
    chance.shuffle(order)
    alone = torch.cat([logits(model, base.tokenizer, [PAIRS[place]]) for place in order])
    together = logits(model, base.tokenizer, [PAIRS[place] for place in order])
    torch.testing.assert_close(together, alone, atol=1e-5, rtol=1e-5)


def test_the_order_within_a_pair_makes_a_difference(base: Loaded, model: nn.Module) -> None:
    first, *_, last = logits(model, base.tokenizer, PAIRS)
    assert first != last


def test_no_pairs_give_no_batches(base: Loaded, model: nn.Module) -> None:
    assert list(pair_batches(model, base.tokenizer, [])) == []
    assert pair_rows(base.tokenizer, []) == []


def test_the_mean_state_does_not_count_padding() -> None:
    hidden = torch.tensor([[[1.0, 2.0], [3.0, 6.0], [9.0, 9.0]]])
    assert mean_state(hidden, torch.tensor([[1, 1, 0]])).tolist() == [[2.0, 4.0]]


def test_a_criterion_asks_the_model_for_its_tasks(base: Loaded) -> None:
    class Asked(CrossEncoder):
        def tasks(self, pairs: list[tuple[str, str]], criterion: str) -> Tensor:
            return torch.full((len(pairs),), float(ord(criterion)))

        def forward(self, ids: Tensor, mask: Tensor, tasks: Tensor) -> Tensor:  # type: ignore[override]
            return tasks

    asked = Asked(bert_of(base.model))
    (_, answer), *_ = pair_batches(asked, base.tokenizer, PAIRS, "B")
    assert set(answer.tolist()) == {66.0}
