from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from playground.tabs.decoding.batch import Batch
from playground.tabs.decoding.measure import engine
from playground.tabs.decoding.measure.frames import MeasureResult, MeasureStart
from playground.tabs.decoding.measure.metrics import repetition
from playground.tabs.decoding.measure.prefixes import STORYBOOKS, prefixes
from playground.tabs.decoding.measure.request import MeasureRequest
from playground.tabs.decoding.measure.rollout import Rollout
from playground.tabs.decoding.strategies import parse
from tests.tabs.decoding.measure.conftest import Context

MANY = (
    "greedy",
    "ancestral",
    "nucleus-0.4",
    "consistent-top-k-2",
    "floor-0.01",
    "st-0.01",
    "repetition-1.3+top-k-8",
    "dry-0.8+min-p-0.05",
    "xtc-0.1-0.5",
    "mirostat-4",
    "no-repeat-2",
)
PROMPTS = [[5, 6, 7, 8, 9, 10], [11], [12, 13, 14]]
SEEDS = [7, 8, 9]


@pytest.fixture(scope="module")
def models(make_rnn, gpt2) -> dict[str, Any]:
    return {"tanh": make_rnn(eos_bias=2.0), "lstm": make_rnn(cell="lstm", eos_bias=2.0), "gpt2": gpt2}


def rollout(model, tokenizer, decoders, limit, *, certificate=False, prompts=PROMPTS, seeds=SEEDS):
    loaded = SimpleNamespace(model=model, tokenizer=tokenizer, device="cpu")
    strategies = [(index, parse(name)) for index, name in enumerate(decoders)]
    texts = Rollout(loaded, strategies, prompts, seeds, limit, certificate)
    for step in range(limit):
        if texts.active:
            texts.step(step)
    return texts.texts()


def alone(model, tokenizer, decoder, prompt, seed, limit):
    """The row of the main panel's batch."""
    loaded = SimpleNamespace(model=model, tokenizer=tokenizer, device="cpu")
    batch = Batch(loaded, [(0, parse(decoder))], limit, seed, False)
    batch.read_prompt(prompt)
    for step in range(limit):
        if batch.active:
            batch.step(step)
    return batch.rows[0]


@pytest.mark.parametrize("name", ["tanh", "lstm", "gpt2"])
def test_every_text_is_what_the_main_panel_writes_from_its_prefix(models, tokenizer, name):
    together = rollout(models[name], tokenizer, MANY, 16)
    for index, decoder in enumerate(MANY):
        for n, (prompt, seed) in enumerate(zip(PROMPTS, SEEDS, strict=True)):
            row, texts = alone(models[name], tokenizer, decoder, prompt, seed, 16), together[index]
            assert texts.tokens[n, : texts.length[n]].tolist() == row.tokens
            assert texts.stopped[n] == row.stopped


@pytest.mark.parametrize("name", ["tanh", "gpt2"])
def test_readings_are_those_of_one_pass_over_the_text(models, tokenizer, name):
    """In float64, of the model alone: laid-on bounds and penalties do not count."""
    for decoder, texts in rollout(models[name], tokenizer, MANY, 20).items():
        for n, prompt in enumerate(PROMPTS):
            said = texts.tokens[n, : texts.length[n]].tolist()
            with torch.inference_mode():
                logits = models[name](torch.tensor([prompt + said[:-1]])).logits[0, len(prompt) - 1 :].double()
            log_p = logits.log_softmax(-1)
            expected = log_p[torch.arange(len(said)), said]
            np.testing.assert_allclose(
                texts.log_p[n, : len(said)], expected, rtol=1e-3, atol=1e-4, err_msg=MANY[decoder]
            )
            entropy = -(log_p.exp() * log_p).sum(-1)
            np.testing.assert_allclose(texts.entropy[n, : len(said)], entropy, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("cell", ["tanh", "lstm"])
def test_with_certificates_and_without_every_text_is_the_same(make_rnn, tokenizer, cell):
    model = make_rnn(seed=5, eos_bias=-1.0, cell=cell)
    prompts = [[token] for token in range(3, 30)]
    decoders = ("greedy", "ancestral", "floor-0.0001")
    plain, saved = (
        rollout(model, tokenizer, decoders, 200, certificate=yes, prompts=prompts, seeds=range(27)) for yes in (0, 1)
    )
    assert saved[0].certified.sum() > 10
    assert saved[0].steps_run.sum() < plain[0].steps_run.sum()
    for index in plain:
        np.testing.assert_array_equal(saved[index].tokens, plain[index].tokens)
        np.testing.assert_array_equal(saved[index].stopped, plain[index].stopped)
        np.testing.assert_array_equal(saved[index].length, plain[index].length)
        np.testing.assert_allclose(saved[index].log_p, plain[index].log_p, atol=1e-2)
    assert not any(saved[index].certified.any() for index in (1, 2))


def test_only_vanilla_recurrent_models_are_certified(family, gpt2, tokenizer):
    for model in (family["zoo/tiny-st"], family["zoo/tiny-nmst"], gpt2):
        assert not rollout(model, tokenizer, ("greedy",), 60, certificate=True)[0].certified.any()


def test_the_figures_are_those_of_the_texts(figures, family, tokenizer):
    decoders = ("greedy", "ancestral", "top-k-4")
    result = figures(decoders=decoders, seed=3, length=25)
    loaded = SimpleNamespace(model=family["zoo/tiny-vanilla"], tokenizer=tokenizer, device="cpu")
    prompts, _ = prefixes(loaded, "zoo/tiny-vanilla", "held-out", 100, 3, 512)
    texts = rollout(loaded.model, tokenizer, decoders, 25, prompts=prompts, seeds=range(3, 103))
    for d, each in texts.items():
        assert result.endless[d] == (~each.stopped).sum()
        assert result.tokens[d] == each.length.sum()
        words = [row[: n - stop] for row, n, stop in zip(each.tokens, each.length, each.stopped, strict=True)]
        np.testing.assert_allclose(result.seq_rep[d], np.nanmean([repetition(row) for row in words], axis=0))
        said = [log_p[:n].astype(float) for log_p, n in zip(each.log_p, each.length, strict=True)]
        assert result.cross_entropy[d] == pytest.approx(-np.concatenate(said).mean(), rel=1e-5)


def test_survival_falls_from_one_to_the_ratio_that_never_stops(figures):
    result = figures(decoders=("greedy", "ancestral", "nucleus-0.4", "floor-0.1"), length=30)
    assert (result.survival[:, 0] == 1).all()
    assert (np.diff(result.survival, axis=1) <= 0).all()
    np.testing.assert_allclose(result.survival[:, -1], result.endless / result.prefixes)
    assert (result.grid[0], result.grid[-1]) == (0, 30)


def test_two_runs_give_the_same_frames_but_for_the_clock(measure):
    decoders = ("greedy", "ancestral", "mirostat-4", "st-0.01", "nmst")
    for one, other in zip(measure(decoders=decoders), measure(decoders=decoders), strict=True):
        assert type(one) is type(other)
        for name in vars(one).keys() - {"seconds"}:
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def test_a_decoder_gives_the_same_figures_whichever_others_run(figures, few):
    together = figures(decoders=MANY)
    for d in (1, 4, 9):
        (alone,) = (figures(decoders=(MANY[d],)),)
        assert (alone.endless[0], alone.tokens[0]) == (together.endless[d], together.tokens[d])
        np.testing.assert_allclose(alone.seq_rep[0], together.seq_rep[d])


def test_st_and_nmst_run_on_their_own_models(figures, family):
    together = figures(decoders=("st", "greedy", "nmst"), length=40)
    for d, termination in ((0, "st"), (2, "nmst")):
        own = figures(family[f"zoo/tiny-{termination}"], decoders=("greedy",), length=40)
        assert (own.endless[0], own.tokens[0]) == (together.endless[d], together.tokens[d])


def test_searches_count_as_other_decoders(figures, models, tokenizer, few):
    result = figures(models["tanh"], decoders=("beam-2", "greedy"), length=4)
    loaded = SimpleNamespace(model=models["tanh"], tokenizer=tokenizer, device="cpu")
    prompts, _ = prefixes(loaded, "zoo/tiny-vanilla", "held-out", 100, 0, 512)
    rows = [alone(models["tanh"], tokenizer, "beam-2", prompt, n, 4) for n, prompt in enumerate(prompts)]
    assert result.endless[0] == sum(not row.stopped for row in rows)
    assert result.tokens[0] == sum(len(row.tokens) for row in rows)
    assert result.cross_entropy[0] * result.tokens[0] == pytest.approx(
        -sum(row.log_probability for row in rows), rel=1e-3
    )


def test_figures_come_share_by_share_and_survival_before_them(measure, monkeypatch):
    monkeypatch.setattr(engine, "ROWS", 40)
    monkeypatch.setattr(engine, "WORK", 1)
    start, *frames = measure(decoders=("greedy", "ancestral"), length=10)
    assert isinstance(start, MeasureStart)
    results = [frame for frame in frames if isinstance(frame, MeasureResult)]
    under_way = [result for result in results if result.steps < 10]
    assert [result.prefixes for result in results if result.steps == 10 and result.done >= 0.2][-5:] == [
        20,
        40,
        60,
        80,
        100,
    ]
    assert [result.grid[-1] for result in under_way] == [result.steps for result in under_way]
    assert all(np.isnan(result.diversity).all() for result in under_way)
    assert [frame.done for frame in frames] == sorted(frame.done for frame in frames)


def test_the_size_of_a_share_changes_no_figure(figures, monkeypatch):
    whole = figures(decoders=("greedy", "ancestral"))
    monkeypatch.setattr(engine, "ROWS", 14)
    shares = figures(decoders=("greedy", "ancestral"))
    np.testing.assert_array_equal(shares.endless, whole.endless)
    np.testing.assert_array_equal(shares.survival, whole.survival)
    np.testing.assert_allclose(shares.distinct, whole.distinct)
    np.testing.assert_allclose(shares.cross_entropy, whole.cross_entropy, rtol=1e-5)


def test_a_window_shortens_texts_and_says_so(measure, gpt2):
    start, *_, end = measure(gpt2, decoders=("ancestral",), length=1000)
    assert start.source == "random-token"
    assert start.limit == end.steps == 128 - 10
    assert [str(note)[:24] for note in start.notes()] == ["There are no held-out pr", "This model reads at most"]


def test_a_model_without_eos_never_stops(figures, make_rnn):
    model = make_rnn()
    model.config.eos_token_id = None
    result = figures(model, decoders=("greedy", "ancestral", "floor-0.01"), length=15)
    assert result.endless.tolist() == [100, 100, 100]


def test_a_cancelled_run_ends_at_once_and_gives_its_models_back(family, tokenizer, monkeypatch):
    monkeypatch.setattr(engine, "WORK", 1)
    context = Context(family, tokenizer)
    frames = engine.run(MeasureRequest(model="zoo/tiny-vanilla", decoders=("greedy", "st")), context)
    next(frames), next(frames)
    context.cancelled = True
    assert list(frames) == []
    assert context.leased == []


def test_the_storybooks_hold_enough_prefixes_for_a_thousand():
    assert len(json.loads(STORYBOOKS.read_text("utf-8"))) == 1000
