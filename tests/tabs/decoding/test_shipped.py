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
