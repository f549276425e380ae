import math

import numpy as np
import pytest
import torch
from transformers import (
    BartConfig,
    BartForConditionalGeneration,
    LlamaConfig,
    LlamaForCausalLM,
    LogitsProcessorList,
    T5Config,
    T5ForConditionalGeneration,
)

from playground.tabs.decoding.processors import NMSTFloor, STFloor
from tests.tabs.decoding.batch_run import generated, run_batch

VOCABULARY = 300
COMPANY = ("ancestral", "top-k-4", "beam-3", "nucleus-0.5", "contrastive-3-0.6", "mirostat-3", "floor-0.01")
MODELS = ("tanh", "lstm", "gpt2", "llama", "t5", "bart")
SAMPLERS = (
    "ancestral",
    "temperature-0.7",
    "consistent-top-k-4",
    "nucleus-0.5+temperature-1.5",
    "min-p-0.1",
    "typical-0.8",
    "mirostat-3",
    "xtc-0.05-0.5",
    "dry-0.8+top-h-0.5",
    "st-0.01+ancestral+presence-0.5",
    "fixed-entropy-1.5",
)
PROMPT = [1, 40, 50, 60, 45]


def peaked(model):
    """A random model sure enough of itself to repeat, and to end at times."""
    torch.manual_seed(3)
    torch.nn.init.normal_(model.get_input_embeddings().weight, std=0.5)
    return model.eval()


@pytest.fixture(scope="module")
def models(make_rnn, gpt2):
    ids = {"vocab_size": VOCABULARY, "bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0}
    llama = {"hidden_size": 32, "intermediate_size": 48, "num_attention_heads": 4, "num_key_value_heads": 2}
    bart = {f"{side}_{what}": n for side in ("encoder", "decoder") for what, n in (("layers", 2), ("ffn_dim", 48))}
    heads = {"encoder_attention_heads": 2, "decoder_attention_heads": 2, "forced_eos_token_id": None}
    torch.manual_seed(2)
    return {
        "tanh": make_rnn(eos_bias=2.0),
        "lstm": make_rnn(cell="lstm", eos_bias=2.0),
        "gpt2": gpt2,
        "llama": peaked(LlamaForCausalLM(LlamaConfig(num_hidden_layers=2, **llama, **ids))),
        "t5": peaked(
            T5ForConditionalGeneration(
                T5Config(
                    d_model=32,
                    d_kv=16,
                    d_ff=48,
                    num_layers=2,
                    num_decoder_layers=1,
                    num_heads=2,
                    decoder_start_token_id=0,
                    **ids,
                )
            )
        ),
        "bart": peaked(
            BartForConditionalGeneration(
                BartConfig(max_position_embeddings=64, d_model=32, decoder_start_token_id=2, **bart, **heads, **ids)
            )
        ),
    }


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("company", [(), COMPANY], ids=["alone", "in company"])
def test_greedy_equals_generate(models, tokenizer, name, company):
    for prompt in (PROMPT, [7, 8, 9]):
        batch, _ = run_batch(models[name], tokenizer, prompt, ("greedy", *company), 40)
        assert batch.rows[0].tokens == generated(models[name], prompt, 40)


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize(
    ("decoder", "arguments"),
    [
        ("greedy+repetition-1.3", {"repetition_penalty": 1.3}),
        ("greedy+no-repeat-2", {"no_repeat_ngram_size": 2}),
        ("greedy+min-new-12", {"min_new_tokens": 12}),
        ("greedy+decay-5-1.5", {"exponential_decay_length_penalty": (5, 1.5)}),
        ("beam-3", {"num_beams": 3}),
        ("beam-2+repetition-1.3", {"num_beams": 2, "repetition_penalty": 1.3}),
        ("beam-4+no-repeat-2+min-new-5", {"num_beams": 4, "no_repeat_ngram_size": 2, "min_new_tokens": 5}),
    ],
)
def test_modifiers_and_beams_equal_generate(models, tokenizer, name, decoder, arguments):
    batch, _ = run_batch(models[name], tokenizer, PROMPT, ("ancestral", decoder), 30)
    assert batch.rows[1].tokens == generated(models[name], PROMPT, 30, **arguments)


@pytest.mark.parametrize("name", ["tanh", "gpt2", "t5"])
def test_laid_on_bounds_equal_generate_with_their_processors(models, tokenizer, name):
    batch, _ = run_batch(models[name], tokenizer, PROMPT, ("floor-0.01", "st-0.01", "ancestral"), 100)
    length = 1 if name == "t5" else len(PROMPT)
    for row, processor in zip(batch.rows[:2], (NMSTFloor(0.01, 2, length), STFloor(0.01, 2)), strict=True):
        expected = generated(models[name], PROMPT, 100, logits_processor=LogitsProcessorList([processor]))
        assert row.tokens == expected


@pytest.mark.parametrize("name", ["tanh", "gpt2", "t5"])
def test_a_row_is_the_same_in_any_company(models, tokenizer, name):
    _, together = run_batch(models[name], tokenizer, PROMPT, (*SAMPLERS, *COMPANY[2:5:2]), 20, seed=4)
    for row, decoder in enumerate(SAMPLERS):
        _, (alone,) = run_batch(models[name], tokenizer, PROMPT, (decoder,), 20, seed=4)
        assert [entry["token"] for entry in alone] == [entry["token"] for entry in together[row]], decoder
        for column in ("probability", "kept_probability", "entropy", "score"):
            np.testing.assert_allclose(
                [entry[column] for entry in alone], [entry[column] for entry in together[row]], rtol=2e-3, atol=1e-5
            )


@pytest.mark.parametrize("name", ["tanh", "gpt2", "t5"])
def test_streamed_log_probabilities_equal_one_pass_over_the_finished_text(models, tokenizer, name):
    names = ("greedy", "ancestral", "greedy+repetition-1.3", "beam-3", "contrastive-3-0.5")
    batch, entries = run_batch(models[name], tokenizer, PROMPT, names, 25)
    for row, steps in zip(batch.rows, entries, strict=True):
        expected = float(teacher_forced(models[name], PROMPT, row.tokens).sum())
        assert row.log_probability == pytest.approx(expected, rel=1e-4)
        chain = path(steps, row.head)
        assert [entry["token"] for entry in chain] == row.tokens
        assert sum(math.log(entry["probability"]) for entry in chain) == pytest.approx(expected, rel=1e-4)


def teacher_forced(model, prompt, tokens):
    """Log-probabilities (T,) of a text in one pass, in float64 from the logits on."""
    with torch.inference_mode():
        if model.config.is_encoder_decoder:
            start = torch.tensor([[model.config.decoder_start_token_id, *tokens[:-1]]])
            logits = model(input_ids=torch.tensor([prompt]), decoder_input_ids=start).logits[0]
        else:
            logits = model(torch.tensor([prompt + tokens[:-1]])).logits[0, len(prompt) - 1 :]
    return logits.double().log_softmax(-1)[torch.arange(len(tokens)), tokens]


def path(entries, head):
    """The entries from the start to a node."""
    by_node = {entry["node"]: entry for entry in entries}
    found = []
    while head >= 0:
        found.append(by_node[head])
        head = found[-1]["parent"]
    return found[::-1]


@pytest.mark.parametrize("name", ["tanh", "lstm", "gpt2", "t5"])
def test_a_row_forced_to_its_own_first_tokens_goes_on_as_before(models, tokenizer, name):
    names = ("greedy", *SAMPLERS, "floor-0.01", "contrastive-3-0.6")
    batch, entries = run_batch(models[name], tokenizer, PROMPT, names, 18, seed=6)
    for whole, steps in zip(batch.rows, entries, strict=True):
        cut, decoder = min(7, len(whole.tokens) - 1), whole.strategy.name
        forced = whole.tokens[:cut]
        branched, (rest,) = run_batch(models[name], tokenizer, PROMPT, (decoder,), 18, seed=6, forced=forced)
        (again,) = branched.rows
        assert again.tokens == whole.tokens, decoder
        assert (again.status, again.loop, again.certified_at) == (whole.status, whole.loop, whole.certified_at)
        assert again.log_probability == pytest.approx(whole.log_probability, rel=1e-4)
        for before, after in zip(steps[cut:], rest, strict=True):
            assert (before["step"], before["kept_size"]) == (after["step"], after["kept_size"])
            assert before["score"] == pytest.approx(after["score"], rel=1e-4)


@pytest.mark.parametrize("name", ["tanh", "gpt2", "t5"])
def test_p_eos_stays_above_its_bound(models, tokenizer, name):
    names = ("floor-0.01", "st-0.02", "floor-0.005+beam-3", "st-0.01+top-k-3", "floor-0.1+greedy+no-repeat-2")
    batch, entries = run_batch(models[name], tokenizer, PROMPT, names, 60)
    for row, steps in zip(batch.rows, entries, strict=True):
        for entry in steps:
            t = entry["step"] + 1
            assert entry["bound"] == pytest.approx(1 - (1 - row.epsilon) ** t, rel=1e-5)
            assert entry["p_eos"] >= entry["bound"] * (1 - 1e-5)


def test_the_st_bound_never_lets_p_eos_fall(models, tokenizer):
    _, (steps,) = run_batch(models["gpt2"], tokenizer, PROMPT, ("st-0.001+top-k-2",), 60)
    p_eos = [entry["p_eos"] for entry in steps]
    assert p_eos == sorted(p_eos)


def test_without_eos_nothing_ends(make_rnn, tokenizer):
    model = make_rnn(seed=5)
    model.config.eos_token_id = None
    names = ("greedy", "floor-0.5", "st-0.5", "min-new-5", "decay-1-2", "xtc-0.1-1", "beam-2", "consistent-top-k-1")
    batch, entries = run_batch(model, tokenizer, PROMPT, names, 20)
    assert [len(row.tokens) for row in batch.rows] == [20] * len(names)
    assert batch.rows[1].tokens == batch.rows[2].tokens == batch.rows[0].tokens
    assert {entry["p_eos"] for steps in entries for entry in steps} == {0.0}


def test_a_search_that_is_alone_ends_by_itself(models, tokenizer):
    for decoder in ("beam-3", "contrastive-2-0.5", "diverse-beam-4-2"):
        batch, (steps,) = run_batch(models["gpt2"], tokenizer, PROMPT, (decoder,), 10)
        assert batch.active == []
        assert [entry["node"] for entry in steps] == list(range(len(steps)))
        assert 0 < len(batch.rows[0].tokens) <= 10


def test_sixteen_searches_of_sixteen_run(models, tokenizer):
    names = [f"beam-16+presence-{i}" for i in range(1, 17 // 2)] + [f"diverse-beam-16-{2**i}" for i in range(1, 5)]
    batch, _ = run_batch(models["tanh"], tokenizer, PROMPT, names, 4)
    assert all(0 < len(row.tokens) <= 4 for row in batch.rows)


def test_stages_are_what_each_part_leaves(models, tokenizer):
    names = ("greedy", "floor-0.1+repetition-1.5+top-k-3+temperature-0.5")
    batch, entries = run_batch(models["gpt2"], tokenizer, PROMPT, names, 6, inspect=(1, 0))
    stages = dict(batch.stages)
    assert list(stages) == ["model", "floor-0.1", "repetition-1.5", "top-k-3", "temperature-0.5"]
    assert stages["floor-0.1"][2].exp().item() == pytest.approx(entries[1][0]["p_eos"], rel=1e-5)
    assert (stages["top-k-3"] > -torch.inf).sum() == 3
    last = stages["temperature-0.5"].exp()
    assert last[entries[1][0]["token"]].item() == pytest.approx(entries[1][0]["kept_probability"], rel=1e-4)
    for log_p in stages.values():
        assert log_p.exp().sum().item() == pytest.approx(1, rel=1e-5)
