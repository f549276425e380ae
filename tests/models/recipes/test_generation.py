from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from transformers import GPT2Config, GPT2LMHeadModel, T5Config, T5ForConditionalGeneration

from models.recipes.generation import continue_rows, continue_to_the_end, ended, left_padded, until_end

EOS = 2
ROWS = [[5, 6, 7], [8], [9, 10, 11, 12, 13], [14, 15]]


def decoder_only() -> GPT2LMHeadModel:
    config = GPT2Config(vocab_size=20, n_positions=64, n_embd=16, n_layer=1, n_head=2, eos_token_id=2, pad_token_id=0)
    torch.manual_seed(0)
    return GPT2LMHeadModel(config).eval()


def encoder_decoder() -> T5ForConditionalGeneration:
    config = T5Config(
        vocab_size=20, d_model=16, d_kv=8, num_heads=2, d_ff=16, num_layers=1, eos_token_id=2, decoder_start_token_id=1
    )
    torch.manual_seed(0)
    return T5ForConditionalGeneration(config).eval()


@torch.inference_mode()
def greedy_by_hand(model, row: list[int], limit: int) -> list[int]:
    """One full forward pass a token, no cache, no padding."""
    made: list[int] = []
    while len(made) < limit and made[-1:] != [EOS]:
        if model.config.is_encoder_decoder:
            logits = model(input_ids=torch.tensor([row]), decoder_input_ids=torch.tensor([[1, *made]])).logits
        else:
            logits = model(torch.tensor([row + made])).logits
        made.append(int(logits[0, -1].argmax()))
    return made


@pytest.mark.parametrize("make", [decoder_only, encoder_decoder])
def test_rows_in_a_batch_are_continued_as_each_one_alone(make):
    model = make()
    expected = [greedy_by_hand(model, row, 12) for row in ROWS]
    assert continue_rows(model, ROWS, 12, 3, do_sample=False) == expected


@pytest.mark.parametrize("make", [decoder_only, encoder_decoder])
def test_rounds_give_what_the_last_limit_alone_gives(make):
    model = make()
    whole = continue_rows(model, ROWS, 15, 4, do_sample=False)
    assert continue_to_the_end(model, ROWS, (3, 7, 15), 4) == whole


def test_only_rows_that_go_on_get_another_round():
    class Always(GPT2LMHeadModel):
        """Ends at once."""

        calls = 0

        def generate(self, input_ids, attention_mask, max_new_tokens, **options):
            self.calls += 1
            return torch.cat([input_ids, torch.full((len(input_ids), 1), EOS)], dim=1)

    model = Always(decoder_only().config)
    assert continue_to_the_end(model, ROWS, (3, 7), 4) == [[EOS]] * len(ROWS)
    assert model.calls == 1


@given(st.lists(st.lists(st.integers(3, 9), min_size=1, max_size=6), min_size=1, max_size=5))
def test_padding_stands_at_the_left_and_is_masked(rows):
    ids, mask = left_padded(rows, 0)
    assert [[token for token in row if token] for row in ids.tolist()] == rows
    assert mask.tolist() == (ids != 0).long().tolist()
    assert bool((ids[:, -1] != 0).all())


def test_an_output_ends_with_its_first_eos():
    assert until_end([5, EOS, 0, 0], EOS) == [5, EOS]
    assert until_end([5, 6], EOS) == [5, 6]
    assert [ended(ids, EOS) for ids in ([5, EOS], [5], [])] == [True, False, False]
