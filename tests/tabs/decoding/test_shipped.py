"""The embedded models through the engine: what the tab shows about them holds."""

from __future__ import annotations

import math
from types import SimpleNamespace

import pytest
import torch

from models.nets.rnn_lm import RecurrentLM
from playground.runtime.registry import registry
from playground.tabs.decoding import engine
from playground.tabs.decoding.request import DecodingRequest
from playground.tabs.decoding.trace import Trace, fold

FAMILIES = ("rnn-tanh", "rnn-lstm")
TRANSLATOR, CHAT = "zoo/seq2seq-classical-modern", "zoo/gpt2-dialogue-zh"
PROMPTS = ("The old man went down to the sea and", "Once upon a time there was a king who")


def decode(**fields) -> Trace:
    context = SimpleNamespace(lease=registry().lease, cancelled=False)
    trace = None
    for frame in engine.run(DecodingRequest(**fields), context):
        trace = fold(trace, frame)
    assert trace is not None
    return trace


@pytest.fixture(scope="module")
def first_preset() -> Trace:
    return decode()


def test_the_vanilla_model_loops_under_greedy_decoding(first_preset):
    greedy = first_preset.rows[0]
    assert (greedy.decoder, greedy.status) == ("greedy", "loop")
    assert greedy.loop.copies > 10


def test_consistent_and_self_terminating_rows_of_the_first_preset_stop(first_preset):
    ends = {row.decoder: row.status for row in first_preset.rows}
    assert all(ends[decoder] == "stopped" for decoder in ("consistent-nucleus-0.2", "st", "nmst", "floor-0.001"))


def test_each_row_alone_writes_what_it_writes_beside_the_others(first_preset):
    for row in first_preset.rows:
        assert decode(decoders=(row.decoder,)).rows[0]["tokens"] == row["tokens"]


@pytest.mark.parametrize("family", FAMILIES)
def test_greedy_equals_generate(family):
    trace = decode(model=f"zoo/{family}-vanilla", decoders=("greedy",), length=60)
    with registry().lease(f"zoo/{family}-vanilla") as loaded, torch.inference_mode():
        prompt = loaded.tokenizer(DecodingRequest().prompt, return_tensors="pt")
        output = loaded.model.generate(**prompt, max_new_tokens=60, do_sample=False)
    assert list(trace.rows[0]["tokens"]) == output[0, prompt.input_ids.shape[1] :].tolist()


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("prompt", PROMPTS)
def test_self_terminating_greedy_rows_stop_where_the_bound_says_at_the_latest(family, prompt):
    trace = decode(model=f"zoo/{family}-vanilla", decoders=("st", "nmst"), prompt=prompt, length=1500)
    for row in trace.rows:
        latest = math.floor(math.log(2) / -math.log1p(-row.epsilon)) + 1
        assert row.status == "stopped"
        assert len(row) <= latest
        assert all(p >= bound * (1 - 1e-5) for p, bound in zip(row["p_eos"], row["bound"], strict=True))


@pytest.mark.parametrize("family", FAMILIES)
def test_all_three_variants_share_one_tokenizer(family):
    entries = [registry().entry(f"zoo/{family}-{kind}") for kind in ("vanilla", "st", "nmst")]
    texts = {(entry.folder / "tokenizer.json").read_text("utf-8") for entry in entries}
    assert len(texts) == 1


@pytest.mark.parametrize("family", FAMILIES)
def test_models_are_kept_in_half_precision_and_run_in_single(family):
    with registry().lease(f"zoo/{family}-vanilla") as loaded:
        assert isinstance(loaded.model, RecurrentLM)
        assert {parameter.dtype for parameter in loaded.model.parameters()} == {torch.float32}
    entry = registry().entry(f"zoo/{family}-vanilla")
    assert entry.bytes <= 7_000_000


def test_the_translator_does_not_stop_repeating_itself_until_a_bound_is_laid_on():
    trace = decode(model=TRANSLATOR, prompt="今天天气" + 18 * "不错", decoders=("greedy", "floor-0.01"), length=200)
    greedy, floor = trace.rows
    assert (greedy.status, greedy.loop.period) == ("loop", 1)
    assert greedy.certified_at == -1  # a Transformer's loop is seen, not proved
    assert floor.status == "stopped"


def test_the_translator_under_greedy_and_beam_search_equals_generate():
    source = "有朋自远方来，不亦乐乎？"
    trace = decode(model=TRANSLATOR, prompt=source, decoders=("greedy", "beam-4"), length=40)
    with registry().lease(TRANSLATOR) as loaded, torch.inference_mode():
        encoded = loaded.tokenizer(source, return_tensors="pt")
        for row, beams in zip(trace.rows, (1, 4), strict=True):
            output = loaded.model.generate(**encoded, max_new_tokens=40, num_beams=beams, do_sample=False)
            assert list(row["tokens"]) == output[0, 1:].tolist()


def test_the_one_pass_log_probability_of_a_chat_reply_equals_the_sum_of_its_steps():
    history = ["你好，我想找一个景点。", "推荐您去故宫。", "门票多少钱？"]
    trace = decode(model=CHAT, prompt="\n".join(history), decoders=("greedy", "ancestral"), length=60)
    roles = ("user", "assistant", "user")
    turns = [{"role": role, "content": text} for role, text in zip(roles, history, strict=True)]
    with registry().lease(CHAT) as loaded, torch.inference_mode():
        prompt = loaded.tokenizer.apply_chat_template(turns, add_generation_prompt=True, return_dict=True).input_ids
        for row in trace.rows:
            reply = torch.tensor(list(row["tokens"]))
            log_p = loaded.model(torch.tensor([[*prompt, *reply.tolist()]])).logits[0].log_softmax(-1)
            one_pass = log_p[len(prompt) - 1 : -1].gather(-1, reply[:, None]).sum()
            assert row.log_probability == pytest.approx(float(one_pass), abs=1e-3)
