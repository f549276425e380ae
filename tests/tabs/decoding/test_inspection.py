import numpy as np
import pytest
import torch

from playground.tabs.decoding.frames import DecodingInspection
from playground.tabs.decoding.inspection import inspection
from playground.tabs.decoding.places import Inspect
from tests.tabs.decoding.test_branches import new_tokens

SAMPLED = (
    "ancestral",
    "temperature-0.7",
    "nucleus-0.9",
    "repetition-1.3+top-k-7",
    "dry-0.8+min-p-0.05+temperature-1.3",
    "floor-0.001+typical-0.8",
    "mirostat-3",
    "xtc-0.1-0.5",
    "top-h-0.4",
    "fixed-entropy-1.5",
    "consistent-top-k-3",
)


@pytest.fixture(scope="module")
def models(make_rnn, gpt2):
    return {"tanh": make_rnn(eos_bias=-2.0), "gpt2": gpt2}


def inspected(frames):
    return [frame for frame in frames if isinstance(frame, DecodingInspection)]


def entry(frames, row, step):
    """The columns of one row's step, as the run reported them."""
    for frame in frames:
        if hasattr(frame, "parent"):
            for place in np.flatnonzero((frame.row == row) & (frame.step == step)):
                return {name: value[place] for name, value in vars(frame).items() if name != "done"}
    raise AssertionError("no such step")


@pytest.mark.parametrize("name", ["tanh", "gpt2"])
@pytest.mark.parametrize("row", range(len(SAMPLED)), ids=SAMPLED)
def test_the_last_stage_is_what_the_row_drew_from(run, models, name, row):
    frames = run(models[name], decoders=SAMPLED, length=16, inspect=f"{row}:6", seed=2)
    (seen,) = inspected(frames)
    drawn = entry(frames, row, 6)
    place = seen.tokens.tolist().index(drawn["token"]) if drawn["token"] in seen.tokens else None
    assert seen.kept_size[-1] == drawn["kept_size"]
    assert seen.eos_kept[-1] == drawn["eos_kept"]
    if place is not None:
        assert seen.probability[-1, place] == pytest.approx(drawn["kept_probability"], rel=1e-4)


def test_the_first_stage_is_the_model_itself(run, models, tokenizer):
    frames = run(models["gpt2"], decoders=SAMPLED, length=12, inspect="4:7")
    (seen,) = inspected(frames)
    text = [*tokenizer("the old man").input_ids, *new_tokens(frames)[4][:7]]
    with torch.inference_mode():
        log_p = models["gpt2"](torch.tensor([text])).logits[0, -1].double().log_softmax(-1)
    np.testing.assert_allclose(seen.probability[0], log_p.exp()[seen.tokens.astype(int)], rtol=1e-4)
    assert seen.entropy[0] == pytest.approx(float(-(log_p.exp() * log_p).sum()), rel=1e-4)
    assert seen.p_eos[0] == pytest.approx(float(log_p[2].exp()), rel=1e-4)
    assert (seen.kept_size[0], bool(seen.eos_kept[0])) == (300, True)


@pytest.mark.parametrize("decoder", [*SAMPLED, "greedy", "beam-3+no-repeat-2", "contrastive-3-0.6"])
def test_stages_are_named_after_the_parts_in_their_order(run, models, decoder):
    (seen,) = inspected(run(models["tanh"], decoders=(decoder,), length=8, inspect="0:5"))
    parts = [part for part in decoder.split("+") if part not in ("greedy", "ancestral") and "beam" not in part]
    assert list(seen.stages) == ["model", *(part for part in parts if not part.startswith("contrastive"))]


@pytest.mark.parametrize("decoder", ["beam-3+no-repeat-2", "contrastive-3-0.6", "greedy"])
def test_a_search_is_inspected_along_its_best_text(run, models, tokenizer, decoder):
    frames = run(models["gpt2"], decoders=("ancestral", decoder), length=12, inspect="1:6")
    (seen,) = inspected(frames)
    text = [*tokenizer("the old man").input_ids, *new_tokens(frames)[1][:6]]
    with torch.inference_mode():
        p = models["gpt2"](torch.tensor([text])).logits[0, -1].double().softmax(-1)
    np.testing.assert_allclose(seen.probability[0], p[seen.tokens.astype(int)], rtol=1e-4)


def test_a_step_that_was_laid_down_shows_what_the_row_would_have_drawn_from(run, models):
    frames = run(models["tanh"], decoders=("nucleus-0.9",), inspect="0:3", length=12)
    after = run(models["tanh"], decoders=("nucleus-0.9",), inspect="0:3", length=12, branch=("0:8:7",))
    (one,), (other,) = inspected(frames), inspected(after)
    np.testing.assert_array_equal(one.tokens, other.tokens)
    np.testing.assert_allclose(one.probability, other.probability, rtol=1e-4)


@pytest.mark.parametrize("place", ["5:0", "0:12", "0:1499", "1:11"])
def test_a_place_that_is_not_there_shows_nothing(run, make_rnn, place):
    frames = run(make_rnn(eos_bias=3.0), decoders=("min-new-9", "ancestral"), inspect=place, length=12)
    assert inspected(frames) == []
    assert frames[-1].done == 1


def test_looking_changes_no_row(run, models):
    looked, plain = (run(models["tanh"], decoders=SAMPLED, length=12, inspect=place) for place in ("6:4", None))
    assert new_tokens(looked) == new_tokens(plain)


def test_the_tokens_are_the_best_of_every_stage_in_the_models_order(tokenizer):
    model, after = torch.randn(2, 300, generator=torch.Generator().manual_seed(0)).mul(3).log_softmax(-1)
    after[:100] = -torch.inf
    seen = inspection(Inspect(row=2, step=5), [("model", model), ("x", after.log_softmax(-1))], _Texts(), 2)
    assert (seen.row, seen.step, len(seen.tokens)) == (2, 5, 20)
    assert int(model.argmax()) == seen.tokens[0]
    assert int(after.argmax()) in seen.tokens
    assert seen.texts == tuple(str(token) for token in seen.tokens)
    assert seen.kept_size.tolist() == [300, 200]
    assert seen.eos_kept.tolist() == [True, False]
    assert sorted(seen.probability[0], reverse=True) == seen.probability[0].tolist()


def test_a_small_vocabulary_without_eos_can_be_inspected():
    seen = inspection(Inspect(row=0, step=0), [("model", torch.tensor([0.5, 0.25, 0.25]).log())], _Texts(), None)
    assert seen.tokens.tolist() == [0, 1, 2]
    assert (seen.p_eos.tolist(), seen.eos_kept.tolist()) == ([0.0], [False])
    assert seen.entropy[0] == pytest.approx(1.5 * np.log(2))


class _Texts(dict):
    def __missing__(self, token):
        return str(token)
