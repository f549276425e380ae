import numpy as np
import pytest
import torch
from transformers import LogitsProcessorList

from playground.runtime.contracts import Frame
from playground.tabs.decoding import engine
from playground.tabs.decoding.frames import DecodingEnd, DecodingInspection, DecodingStart, DecodingStep
from playground.tabs.decoding.processors import NMSTFloor
from playground.tabs.decoding.request import DecodingRequest
from playground.tabs.decoding.trace import fold

EIGHT = (
    "greedy",
    "ancestral",
    "temperature-0.7",
    "top-k-4",
    "nucleus-0.2",
    "consistent-top-k-4",
    "consistent-nucleus-0.2",
    "floor-0.01",
)
ALL = (*EIGHT, "st", "nmst")


def trace_of(frames):
    trace = None
    for frame in frames:
        trace = fold(trace, frame)
    return trace


def generated(model, prompt, length, **arguments):
    output = model.generate(torch.tensor([prompt]), max_new_tokens=length, pad_token_id=0, **arguments)
    return output[0, len(prompt) :].tolist()


@pytest.fixture(scope="module")
def models(make_rnn, gpt2):
    return {"tanh": make_rnn(eos_bias=2.0), "lstm": make_rnn(cell="lstm", eos_bias=2.0), "gpt2": gpt2}


@pytest.mark.parametrize("name", ["tanh", "lstm", "gpt2"])
@pytest.mark.parametrize("prompt", ["the old man", "sea", "a b c"])
def test_greedy_equals_generate(run, models, tokenizer, name, prompt):
    trace = trace_of(run(models[name], prompt=prompt, decoders=("ancestral", "greedy"), length=60))
    expected = generated(models[name], tokenizer(prompt).input_ids, 60, do_sample=False)
    assert list(trace.rows[1]["tokens"]) == expected


@pytest.mark.parametrize("name", ["tanh", "gpt2"])
def test_the_floor_equals_generate_with_its_processor(run, models, tokenizer, name):
    prompt = tokenizer("the old man").input_ids
    trace = trace_of(run(models[name], prompt="the old man", decoders=("floor-0.01",), length=100))
    processors = LogitsProcessorList([NMSTFloor(0.01, 2, len(prompt))])
    assert list(trace.rows[0]["tokens"]) == generated(
        models[name], prompt, 100, do_sample=False, logits_processor=processors
    )
    assert trace.rows[0].status == "stopped"


@pytest.mark.parametrize("termination", ["st", "nmst"])
def test_self_terminating_rows_equal_generate(run, family, tokenizer, termination):
    trace = trace_of(run(decoders=(termination,), length=80))
    prompt = tokenizer("the old man").input_ids
    assert list(trace.rows[0]["tokens"]) == generated(family[f"zoo/tiny-{termination}"], prompt, 80, do_sample=False)


@pytest.mark.parametrize("name", ["tanh", "lstm", "gpt2"])
def test_eight_rows_equal_each_row_run_alone(run, models, name):
    together = trace_of(run(models[name], decoders=EIGHT, seed=5))
    for row in together.rows:
        (alone,) = trace_of(run(models[name], decoders=(row.decoder,), seed=5)).rows
        assert alone["tokens"] == row["tokens"]
        assert (alone.status, alone.loop, alone["kept_size"]) == (row.status, row.loop, row["kept_size"])
        np.testing.assert_allclose(alone["p_model"], row["p_model"], rtol=1e-4)


def test_the_order_of_the_rows_changes_no_row(run):
    there, back = trace_of(run(decoders=ALL)), trace_of(run(decoders=ALL[::-1]))
    assert [row.decoder for row in back.rows] == list(ALL[::-1])
    assert [row["tokens"] for row in there.rows] == [row["tokens"] for row in back.rows[::-1]]


def test_two_runs_give_the_same_frames_bit_for_bit(run):
    for first, second in zip(run(decoders=ALL), run(decoders=ALL), strict=True):
        assert type(first) is type(second)
        for name, value in vars(first).items():
            np.testing.assert_array_equal(value, getattr(second, name))


def test_the_seed_changes_the_rows_that_draw_and_no_other(run):
    one, two = (trace_of(run(decoders=ALL, seed=seed, prompt="sea")) for seed in (1, 2))
    changed = {a.decoder for a, b in zip(one.rows, two.rows, strict=True) if a["tokens"] != b["tokens"]}
    assert "ancestral" in changed
    assert not changed & {"greedy", "floor-0.01", "st", "nmst"}


def test_p_eos_stays_above_its_bound(run):
    trace = trace_of(run(decoders=("floor-0.01", "st", "nmst"), length=100))
    for row in trace.rows:
        t = np.arange(1, len(row) + 1)
        np.testing.assert_allclose(row["bound"], 1 - 0.99**t, rtol=1e-5)
        assert (np.array(row["p_eos"]) >= np.array(row["bound"]) * (1 - 1e-5)).all()
    assert {row.bound_kind for row in trace.rows} == {"floor", "st", "nmst"}


def test_a_row_stops_with_eos_and_at_no_other_time(run):
    for row in trace_of(run(decoders=ALL, length=100)).rows:
        assert 2 not in row["tokens"][:-1]
        assert (row["tokens"][-1] == 2) == (row.status == "stopped")
        assert row.status == "stopped" or len(row) == 100


def test_readings_equal_one_pass_over_the_finished_text(run, models, tokenizer):
    """Teacher forcing in float64 gives the streamed probabilities, entropies, ranks and sums."""
    prompt = tokenizer("the old man").input_ids
    for row in trace_of(run(models["tanh"], prompt="the old man", decoders=("greedy", "ancestral", "top-k-4"))).rows:
        with torch.inference_mode():
            logits = models["tanh"](torch.tensor([[*prompt, *row["tokens"][:-1]]])).logits[0, len(prompt) - 1 :]
        log_p = logits.double().log_softmax(-1)
        chosen = log_p[torch.arange(len(row)), list(row["tokens"])]
        np.testing.assert_allclose(row["p_model"], chosen.exp(), rtol=1e-4)
        np.testing.assert_allclose(row["entropy"], -(log_p.exp() * log_p).sum(-1), rtol=1e-4)
        np.testing.assert_allclose(row["p_eos"], log_p[:, 2].exp(), rtol=1e-3)
        assert list(row["eos_rank"]) == ((log_p > log_p[:, 2:3]).sum(-1) + 1).tolist()
        assert [[token for token, _ in best] for best in row.alternatives()] == log_p.topk(5).indices.tolist()
        assert row.log_probability == pytest.approx(float(chosen.sum()), rel=1e-5)


def test_consistent_rows_always_hold_eos(run):
    trace = trace_of(run(decoders=("consistent-top-k-2", "consistent-nucleus-0.2", "top-k-2", "nucleus-0.2")))
    consistent, plain = trace.rows[:2], trace.rows[2:]
    assert not any(cut for row in consistent for cut in row["eos_cut"])
    assert any(cut for row in plain for cut in row["eos_cut"])


def test_a_model_without_eos_never_stops(run, make_rnn):
    model = make_rnn()
    model.config.eos_token_id = None
    trace = trace_of(run(model, decoders=EIGHT, length=30))
    assert [len(row) for row in trace.rows] == [30] * 8
    assert {p for row in trace.rows for p in row["p_eos"]} == {0.0}
    assert not any(cut for row in trace.rows for cut in row["eos_cut"])
    assert trace.rows[7]["tokens"] == trace.rows[0]["tokens"]  # nothing to lay a floor under


def test_an_empty_prompt_is_bos_alone(run, models):
    start, *steps, _ = run(models["tanh"], prompt="", decoders=("greedy",), length=5)
    assert start.prompt == ("<bos>",)
    assert [f.token[0] for f in steps] == generated(models["tanh"], [1], 5, do_sample=False)


def test_a_long_prompt_keeps_its_end_and_says_so(run):
    start, *_ = run(prompt="the sea " * 600, length=1)
    assert len(start.prompt) == 512
    (note,) = start.notes()
    assert str(note) == f"The prompt is {512 + start.prompt_dropped} tokens long: the model reads the last 512."


def test_a_window_shortens_the_prompt_and_the_rows_and_says_so(run, gpt2):
    start, *_, end = run(gpt2, prompt="the sea " * 100, decoders=("top-k-4",), length=1000)
    assert (len(start.prompt), start.limit) == (64, 64)
    assert len(start.notes()) == 2
    assert end.length[0] <= 64
    assert end.status[0] in ("stopped", "loop", "limit")


@pytest.mark.parametrize("prompt", ["<eos>", "<script>alert(1)</script>", "\x00\ufffe\u202e", "{message} %s", "𝄞" * 50])
def test_hostile_text_is_text(run, prompt):
    start, *_, end = run(prompt=prompt, length=3)
    assert len(start.prompt) > 1
    assert (end.length >= 1).all()


def test_a_cancelled_run_ends_within_a_step_and_gives_its_models_back(context):
    frames = engine.run(DecodingRequest(model="zoo/tiny-vanilla", decoders=ALL, length=1000), context)
    next(frames), next(frames)
    context.cancelled = True
    assert list(frames) == []
    assert context.leased == []


def test_a_closed_run_gives_its_models_back(context):
    frames = engine.run(DecodingRequest(model="zoo/tiny-vanilla", decoders=ALL), context)
    next(frames)
    assert len(context.leased) == 3
    frames.close()
    assert context.leased == []


def test_frames_come_in_groups_that_the_request_fixes(run):
    _, *steps, _ = run(decoders=("ancestral", "greedy"), length=300, seed=3)
    for number, frame in enumerate(steps):
        assert set(frame.step.tolist()) <= set(range(8 * number, 8 * number + 8))
    assert [frame.done for frame in steps] == sorted(frame.done for frame in steps)


def test_grouped_frames_carry_the_same_run(run):
    short, long = (trace_of(run(decoders=ALL, length=length)) for length in (256, 257))
    for one, other in zip(short.rows, long.rows, strict=True):
        assert other["tokens"][:256] == one["tokens"]
        assert other["texts"][:256] == one["texts"]


def test_loop_stop_ends_a_proved_loop_and_counts_what_it_saves(run, make_rnn):
    model = make_rnn(seed=5, eos_bias=-1.0)
    arguments = {"decoders": ("greedy", "ancestral"), "length": 1500}
    (*_, whole), (*_, saved) = run(model, **arguments), run(model, **arguments, loop_stop=True)
    assert whole.loop_certified_at[0] == saved.loop_certified_at[0] >= 0
    assert saved.length[0] == saved.loop_certified_at[0] + 1
    assert saved.steps_saved[0] == 1500 - saved.length[0]
    assert whole.steps_saved.tolist() == [0, 0]
    assert saved.length[1] == whole.length[1]


def test_loop_stop_of_a_transformer_waits_for_a_long_loop_and_proves_nothing(run, gpt2):
    (*_, end) = run(gpt2, prompt="a", decoders=("greedy",), length=120, loop_stop=True)
    assert end.status == ("loop",)
    assert end.loop_certified_at[0] == -1
    assert end.length[0] - end.loop_onset[0] == 64
    assert end.steps_saved[0] == 120 - end.length[0]


def test_rows_with_a_bound_are_never_taken_for_endless(run):
    (*_, end) = run(decoders=("floor-0.0001", "st", "nmst"), length=200, loop_stop=True)
    assert end.loop_certified_at.tolist() == [-1, -1, -1]
    assert end.steps_saved.tolist() == [0, 0, 0]


def test_the_frames_are_the_ones_announced(run):
    start, *steps, end = run(decoders=ALL)
    assert set(engine.FRAMES) == {Frame, DecodingStart, DecodingInspection, DecodingStep, DecodingEnd}
    assert (type(start), type(end)) == (DecodingStart, DecodingEnd)
    assert {type(frame) for frame in steps} == {DecodingStep}
    assert end.done == 1
