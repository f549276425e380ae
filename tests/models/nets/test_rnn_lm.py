"""The recurrent models: every way of reading a text gives the same answer, and `generate` agrees."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
import torch
from torch import Tensor
from transformers import AutoModelForCausalLM

from models.nets.rnn_lm import RecurrentCache, RecurrentConfig, RecurrentLM

KINDS = [(cell, termination) for cell in ("tanh", "lstm") for termination in ("vanilla", "st", "nmst")]
EOS = 2
Make = Callable[..., RecurrentLM]


@pytest.fixture(params=KINDS, ids=["-".join(kind) for kind in KINDS])
def make(request: pytest.FixtureRequest) -> Make:
    """Random networks of one kind, with weights large enough that states matter; `patience` puts off <eos>."""
    cell, termination = request.param

    def make_(vocab_size: int = 12, seed: int = 0, patience: float = 0.0, **config: Any) -> RecurrentLM:
        torch.manual_seed(seed)
        shape = {"vocab_size": vocab_size, "hidden_size": 8, "epsilon": 0.05} | config
        model = RecurrentLM(RecurrentConfig(cell=cell, termination=termination, **shape)).eval()
        torch.nn.init.normal_(model.embedding.weight)
        model.decoder.bias.data[EOS] = -patience
        if termination != "vanilla":
            torch.nn.init.normal_(model.eos_head.weight)
            torch.nn.init.constant_(model.eos_head.bias, patience if termination == "st" else -patience)
        return model

    return make_


def random_tokens(rows: int, length: int, vocab_size: int = 12) -> Tensor:
    return torch.randint(3, vocab_size, (rows, length), generator=torch.Generator().manual_seed(rows + length))


def assert_same_state(one: RecurrentCache, other: RecurrentCache) -> None:
    torch.testing.assert_close(one.hidden, other.hidden)
    torch.testing.assert_close(one.cell, other.cell) if one.cell is not None else None
    torch.testing.assert_close(one.log_continue, other.log_continue)
    assert one.steps.tolist() == other.steps.tolist()


@torch.inference_mode()
@pytest.mark.parametrize("chunks", [[1] * 9, [4, 5], [2, 1, 6]])
@pytest.mark.parametrize("context", [1, 3, 7])
def test_a_text_read_in_pieces_is_read_like_the_whole(make, chunks, context):
    model, tokens = make(), random_tokens(3, 9)
    whole = model(tokens, context_length=context)
    pieces, cache = [], None
    for chunk in tokens.split(chunks, dim=1):
        output = model(chunk, past_key_values=cache, context_length=context)
        cache = output.past_key_values
        pieces.append(output.logits)
    torch.testing.assert_close(torch.cat(pieces, dim=1), whole.logits)
    assert_same_state(cache, whole.past_key_values)
    assert cache.get_seq_length() == 9


@torch.inference_mode()
@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("context", [None, 2])
def test_padding_changes_nothing(make, side, context):
    model, lengths, width = make(), [7, 1, 4, 6], 7
    rows = [random_tokens(1, length)[0] for length in lengths]
    batch, mask = torch.zeros(4, width, dtype=torch.long), torch.zeros(4, width, dtype=torch.long)
    places = [slice(width - n, width) if side == "left" else slice(0, n) for n in lengths]
    for i, (row, place) in enumerate(zip(rows, places, strict=True)):
        batch[i, place], mask[i, place] = row, 1
    together = model(batch, attention_mask=mask, context_length=context)
    for i, (row, place) in enumerate(zip(rows, places, strict=True)):
        alone = model(row[None], context_length=context)
        torch.testing.assert_close(together.logits[i, place], alone.logits[0])
        mine = together.past_key_values
        mine = RecurrentCache(mine.hidden, mine.cell, mine.steps, mine.log_continue)
        mine.reorder_cache(torch.tensor([i]))
        assert_same_state(mine, alone.past_key_values)


@torch.inference_mode()
def test_the_last_logits_are_the_last_of_all(make):
    model, tokens = make(), random_tokens(2, 6)
    every, last = model(tokens, context_length=2), model(tokens, context_length=2, logits_to_keep=2)
    torch.testing.assert_close(last.logits, every.logits[:, -2:])
    assert_same_state(last.past_key_values, every.past_key_values)


@torch.inference_mode()
def test_steps_count_from_the_end_of_the_context(make):
    model, tokens = make(), random_tokens(1, 6)
    assert model(tokens).past_key_values.steps.tolist() == [1]
    assert model(tokens, context_length=4).past_key_values.steps.tolist() == [3]
    assert model(tokens, context_length=9).past_key_values.steps.tolist() == [-2]


@torch.inference_mode()
def test_a_self_terminating_model_cannot_end_in_its_context_and_keeps_its_bound_after(make):
    model, tokens = make(), random_tokens(4, 30)
    if model.config.termination == "vanilla":
        assert (model(tokens).logits.softmax(dim=-1)[..., EOS] > 0).all()
        return
    p_eos = model(tokens, context_length=10).logits[..., EOS].exp()
    assert (p_eos[:, :9] == 0).all()
    bound = 1 - (1 - model.config.epsilon) ** torch.arange(1, 22)
    assert (p_eos[:, 9:] >= bound - 1e-6).all()


@torch.inference_mode()
@pytest.mark.parametrize("use_cache", [True, False])
def test_greedy_generate_equals_a_loop_by_hand(make, use_cache):
    model, prompt = make(seed=3, epsilon=0.001), random_tokens(1, 4)
    output, tokens = model(prompt), prompt
    for _ in range(20):
        token = output.logits[:, -1].argmax(dim=-1, keepdim=True)
        tokens = torch.cat([tokens, token], dim=1)
        if token.item() == EOS:
            break
        output = model(token, past_key_values=output.past_key_values)
    generated = model.generate(prompt, max_new_tokens=20, do_sample=False, use_cache=use_cache)
    assert generated.tolist() == tokens.tolist()


@torch.inference_mode()
def test_generate_goes_on_from_a_state(make):
    model, prompt = make(seed=3, epsilon=0.001), random_tokens(1, 6)
    start = model(prompt[:, :4], context_length=6).past_key_values
    fresh = model.generate(prompt, max_new_tokens=12)
    assert model.generate(prompt, past_key_values=start, max_new_tokens=12).tolist() == fresh.tolist()


@torch.inference_mode()
def test_generate_gives_a_left_padded_row_what_it_gives_it_alone(make):
    model = make(seed=5, epsilon=0.001)
    long, short = random_tokens(1, 6), random_tokens(1, 3)
    batch = torch.cat([long, torch.cat([torch.zeros(1, 3, dtype=torch.long), short], dim=1)])
    together = model.generate(batch, attention_mask=(batch > 0).long(), max_new_tokens=15)
    for row, prompt in zip(together, (long, short), strict=True):
        alone = model.generate(prompt, max_new_tokens=15)[0, prompt.shape[1] :].tolist()
        continued = row[6:].tolist()
        assert continued[: len(alone)] == alone
        assert set(continued[len(alone) :]) <= {0}


Scored = list[tuple[list[int], float]]


def until_end(tokens: list[int]) -> list[int]:
    return tokens[: tokens.index(EOS) + 1] if EOS in tokens else tokens


@torch.inference_mode()
def exhaustive_search(model: RecurrentLM, prompt: Tensor, length: int, count: int) -> Scored:
    """The most probable continuations of at most `length` tokens, ended or cut, by log-probability."""
    everything = product(range(model.config.vocab_size), repeat=length)
    scored = []
    for tokens in {tuple(until_end(list(tokens))) for tokens in everything}:
        whole = torch.cat([prompt, torch.tensor([tokens])], dim=1)
        logits = model(whole, context_length=prompt.shape[1]).logits[:, prompt.shape[1] - 1 : -1]
        steps = logits.log_softmax(dim=-1).gather(-1, whole[:, prompt.shape[1] :, None])
        scored.append((list(tokens), steps.sum().item()))
    return sorted(scored, key=lambda pair: -pair[1])[:count]


def beam_search(model: RecurrentLM, prompt: Tensor, length: int, count: int) -> Scored:
    """generate's best beams where every prefix finds room, by total log-probability."""
    output = model.generate(
        prompt,
        max_new_tokens=length,
        num_beams=(model.config.vocab_size - 1) ** length,
        num_return_sequences=count,
        length_penalty=0.0,
        early_stopping="never",
        do_sample=False,
        return_dict_in_generate=True,
        output_scores=True,
    )
    found = [until_end(tokens) for tokens in output.sequences[:, prompt.shape[1] :].tolist()]
    return list(zip(found, output.sequences_scores.tolist(), strict=True))


def scores(found: Scored) -> list[float]:
    return [score for _, score in found]


@pytest.mark.parametrize("seed", range(3))
def test_beam_search_with_room_for_all_finds_the_best_of_all(make, seed):
    model, prompt = make(vocab_size=4, seed=seed, patience=seed), torch.tensor([[1, 3, 3]])
    best = exhaustive_search(model, prompt, 4, 5)
    found = beam_search(model, prompt, 4, 5)
    assert [tokens for tokens, _ in found] == [tokens for tokens, _ in best]
    assert scores(found) == pytest.approx(scores(best), abs=1e-4)


def test_beam_search_without_reordering_would_take_other_rows_states(make, monkeypatch):
    model, prompt = make(vocab_size=4, patience=6.0, epsilon=1e-4), torch.tensor([[1, 3, 3]])
    best = exhaustive_search(model, prompt, 4, 5)
    monkeypatch.setattr(RecurrentCache, "reorder_cache", lambda self, beam_idx: None)
    assert scores(beam_search(model, prompt, 4, 5)) != pytest.approx(scores(best), abs=1e-3)


@torch.inference_mode()
def test_reordered_rows_go_on_as_the_rows_they_came_from(make):
    model, tokens = make(), random_tokens(3, 5)
    cache = model(tokens).past_key_values
    cache.reorder_cache(torch.tensor([2, 2, 0, 1]))
    going_on = model(random_tokens(1, 1).expand(4, 1), past_key_values=cache).logits
    again = model(tokens).past_key_values
    straight = model(random_tokens(1, 1).expand(3, 1), past_key_values=again).logits
    torch.testing.assert_close(going_on, straight[[2, 2, 0, 1]])


@torch.inference_mode()
def test_a_model_saved_in_half_precision_comes_back_in_single(make, tmp_path):
    model, tokens = make(), random_tokens(2, 5)
    model.half().save_pretrained(tmp_path)
    loaded = RecurrentLM.from_pretrained(tmp_path, dtype=torch.float32)
    assert loaded.dtype == torch.float32
    assert not loaded.training
    assert loaded.decoder.weight is loaded.embedding.weight
    assert loaded.generation_config.eos_token_id == EOS
    assert (loaded.config.cell, loaded.config.termination) == (model.config.cell, model.config.termination)
    torch.testing.assert_close(loaded(tokens).logits, model.float()(tokens).logits)


def test_the_auto_classes_know_the_models(make, tmp_path):
    make().save_pretrained(tmp_path)
    assert type(AutoModelForCausalLM.from_pretrained(tmp_path)) is RecurrentLM


def test_the_file_holds_the_tied_weights_once(make, tmp_path):
    model = make()
    model.save_pretrained(tmp_path)
    stored = sum(parameter.numel() for parameter in model.parameters()) * 4
    assert (tmp_path / "model.safetensors").stat().st_size < stored + 2000
