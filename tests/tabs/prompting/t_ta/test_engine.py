from dataclasses import replace

import numpy as np
import pytest
import torch

from playground.runtime.errors import InvalidRequest
from playground.tabs.prompting.t_ta import engine
from playground.tabs.prompting.t_ta.frames import Influence, Pair, Scored
from playground.tabs.prompting.t_ta.request import T_TA, TTARequest
from tests.tabs.prompting.t_ta.conftest import TEXT, Leased
from tests.tiny_masked_lm import tiny_roberta

CLOCK = "seconds"


def of(frames, kind):
    return [frame for frame in frames if isinstance(frame, kind)]


def same(one, other):
    return all(np.array_equal(value, vars(other)[name]) for name, value in vars(one).items() if name != CLOCK)


def test_every_sentence_is_scored_token_by_token_by_both_models(frames_of):
    scored = of(frames_of(), Scored)
    assert [" ".join(each.tokens) for each in scored] == TEXT.split("\n")
    assert all(each.log_probability.shape == (2, len(each.tokens)) for each in scored)
    assert all((each.log_probability < 0).all() for each in scored)


def test_one_pass_reads_a_sentence_once_and_n_passes_n_times(frames_of):
    first = of(frames_of(), Scored)[0]
    assert first.read.tolist() == [6, 4 * 6]
    assert (first.seconds >= 0).all()


def test_a_race_tells_of_as_many_pairs_as_asked_for(frames_of):
    pairs = of(frames_of(exhibit="race", sentences=4), Pair)
    assert 1 <= len(pairs) <= 4
    for pair in pairs:
        assert pair.right != pair.wrong
        assert pair.scores.shape == (2, 2)


def test_influences_come_with_the_leaks(frames_of):
    (influence,) = of(frames_of(exhibit="influence"), Influence)
    assert influence.tokens == ("[CLS]", "the", "movie", "was", "great", "[SEP]")
    assert not influence.matrices[0].diagonal().any()
    assert all(matrix.diagonal().all() for matrix in influence.matrices[1:])


@pytest.mark.parametrize("exhibit", ["scores", "race", "influence"])
def test_the_same_request_gives_the_same_frames_but_for_the_clock(frames_of, exhibit):
    one, other = frames_of(exhibit=exhibit), frames_of(exhibit=exhibit)
    assert all(same(*both) for both in zip(one, other, strict=True))
    assert one[-1].done == 1
    assert {type(frame) for frame in one} <= set(engine.FRAMES)


@pytest.mark.parametrize("exhibit", ["scores", "race", "influence"])
def test_a_cancelled_run_ends_at_the_next_step(leased, exhibit):
    context = replace(leased)
    frames = engine.run(TTARequest(text=TEXT, exhibit=exhibit), context)
    next(frames)
    context.cancelled = True
    assert len(list(frames)) <= 1


def test_the_models_are_left_as_they_were(leased, frames_of):
    before = {name: tensor.clone() for name, tensor in leased.t_ta.model.state_dict().items()}
    frames_of(exhibit="influence")
    assert all(torch.equal(tensor, before[name]) for name, tensor in leased.t_ta.model.state_dict().items())
    assert all(parameter.grad is None for parameter in leased.t_ta.model.parameters())


def test_special_tokens_in_a_sentence_are_plain_text(frames_of):
    (scored,) = of(frames_of(text="it was [SEP] [MASK]"), Scored)
    assert not {"[SEP]", "[MASK]"} & set(scored.tokens)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"text": ""}, "nothing to score"),
        ({"text": " \n\n "}, "nothing to score"),
        ({"text": "it\n" * 17}, "17 sentences"),
        ({"text": "it was\n" + "great " * 60}, "Sentence 2 is 60 tokens long; at most 38"),
        ({"text": "great " * 30, "exhibit": "influence"}, "Sentence 1 is 30 tokens long; at most 22"),
    ],
    ids=str,
)
def test_what_cannot_be_scored_is_refused_with_a_sentence(frames_of, fields, said):
    with pytest.raises(InvalidRequest, match=said):
        frames_of(**fields)


def test_a_model_with_another_vocabulary_is_refused(leased):
    with pytest.raises(InvalidRequest, match="another vocabulary"):
        list(engine.run(TTARequest(text=TEXT), Leased(leased.t_ta, tiny_roberta())))


def test_influence_needs_no_masked_language_model():
    assert TTARequest(exhibit="influence").models() == (T_TA,)
    assert TTARequest().models() == (T_TA, "zoo/minilm-mlm-en")
