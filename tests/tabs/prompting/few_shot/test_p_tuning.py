from __future__ import annotations

import pytest
import torch

from playground.tabs.prompting.few_shot.p_tuning import BEFORE, TOKENS, PromptVectors, initial_vectors
from playground.tabs.prompting.few_shot.reading import padded_ids
from playground.tabs.prompting.verbalizers import parse_verbalizer
from tests.tabs.prompting.few_shot.tiny_settings import TEST, tiny_setting
from tests.tiny_masked_lm import tiny_roberta


def test_only_the_vectors_can_be_trained() -> None:
    tuned = PromptVectors(tiny_setting())
    assert [tuple(parameter.shape) for parameter in tuned.parameters()] == [(TOKENS, 16)]


def test_the_mask_stands_after_the_fourth_vector() -> None:
    tuned = PromptVectors(tiny_setting())
    (row,) = tuned.rows(TEST[:1])
    tokens = tuned.body.tokenizer.convert_ids_to_tokens(list(row))
    assert tokens[: TOKENS + 3] == ["[CLS]", *["[UNK]"] * BEFORE, "[MASK]", *["[UNK]"] * (TOKENS - BEFORE), "the"]


@torch.no_grad()
def test_states_are_those_of_the_model_fed_with_the_vectors(exact: None) -> None:
    tuned = PromptVectors(tiny_setting())
    ids, mask = padded_ids(tuned.body, tuned.rows(TEST))
    words = tuned.body.embeddings.word_embeddings(ids)
    for number, place in enumerate([1, 2, 3, 4, 6, 7, 8, 9]):
        words[:, place] = tuned.vectors[number]
    whole = tuned.setting.model.model.base_model(inputs_embeds=words, attention_mask=mask.long()).last_hidden_state
    torch.testing.assert_close(tuned.top(ids, mask)[mask], whole[mask], rtol=1e-4, atol=1e-4)


def test_every_vector_feels_the_loss() -> None:
    tuned = PromptVectors(tiny_setting())
    ids, mask = padded_ids(tuned.body, tuned.rows(TEST))
    tuned.top(ids, mask)[:, BEFORE + 1].square().sum().backward()
    assert tuned.vectors.grad is not None
    assert tuned.vectors.grad.abs().sum(dim=1).gt(0).all()


def test_unused_tokens_are_where_vectors_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    tuned = PromptVectors(tiny_setting())
    tokenizer = tuned.body.tokenizer
    table = tuned.body.embeddings.word_embeddings.weight
    assert isinstance(table, torch.Tensor)
    known = {f"[unused{number}]": 19 + number for number in range(1, TOKENS + 1)}
    monkeypatch.setattr(tokenizer, "get_vocab", lambda: known)
    assert initial_vectors(tuned.body, 0).equal(table[20 : 20 + TOKENS])


def test_a_vocabulary_without_unused_tokens_starts_from_noise() -> None:
    body = PromptVectors(
        tiny_setting(tiny_roberta(), verbalizer=parse_verbalizer("negative: bad\npositive: great"))
    ).body
    assert not initial_vectors(body, 0).equal(initial_vectors(body, 1))
    assert initial_vectors(body, 0).equal(initial_vectors(body, 0))
