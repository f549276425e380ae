import math
from itertools import pairwise

import numpy as np
import pytest

from playground.runtime.errors import InvalidRequest
from playground.runtime.frames import pack, unpack
from playground.tabs.decoding.why.bigrams import distributions, nucleus, storybooks, top_k
from playground.tabs.decoding.why.engine import FRAMES, TABLE
from playground.tabs.decoding.why.frames import BigramCut, ProbeStep
from playground.tabs.decoding.why.probe import Probe, random_ids, sentence_ids
from playground.tabs.decoding.why.repetition import repetition

EXHIBITS = ({"exhibit": "repetition"}, {"exhibit": "bigram"}, {"exhibit": "bound"})


def steps(frames):
    return [frame for frame in frames if isinstance(frame, ProbeStep)]


def test_every_model_reads_the_sentence_and_its_control(frames_of):
    frames = frames_of()
    start = frames[0]
    assert start.models == ("zoo/tiny-vanilla",) * 2 + ("zoo/tiny-st",) * 2 + ("zoo/tiny-nmst",) * 2
    assert start.controls.tolist() == [False, True] * 3
    assert set(start.sentences[::2]) == {" the old man"}
    assert [step.repeat for step in steps(frames)] == [1, 2, 3, 4, 5]


def test_each_series_is_what_its_model_says_alone(frames_of, family, tokenizer):
    told = steps(frames_of(seed=3))
    ids = sentence_ids(tokenizer, "the old man")
    series = [(model, tokens) for model in family.values() for tokens in (ids, random_ids(tokenizer, len(ids), 3))]
    for index, (model, tokens) in enumerate(series):
        probe = Probe(model, tokenizer, tokens)
        for step in told:
            copy = probe.read()
            log_p = copy.log_p.double().numpy()
            assert step.log_probability[index] == pytest.approx(log_p.sum())
            assert step.mean_probability[index] == pytest.approx(np.exp(log_p).prod() ** (1 / len(tokens)))
            assert step.lowest[index] == pytest.approx(np.exp(log_p.min()))
            assert step.most_probable[index] == pytest.approx(float(copy.most_probable.double().mean()))
            assert step.p_eos[index] == copy.p_eos


def test_a_second_sentence_takes_the_place_of_random_tokens(frames_of):
    assert frames_of(beside="élan vital")[0].sentences[1] == " élan vital"


def test_what_does_not_fit_the_window_is_cut_and_said(frames_of):
    start = frames_of(probed=("zoo/tiny-gpt2",), repeats=64)[0]
    assert start.repeats == 127 // len(start.tokens[0]) < start.requested == 64
    assert [note.message for note in start.notes()] == [
        "A model here reads at most {window} tokens: {repeats} copies fit."
    ]


def test_a_long_sentence_is_cut_and_said(frames_of):
    start = frames_of(sentence="old " * 400, repeats=1)[0]
    assert len(start.tokens[0]) == 128
    assert "its first 128 are repeated" in str(start.notes()[0])


@pytest.mark.parametrize("sentence", ["", "  \n"])
def test_nothing_cannot_be_repeated(frames_of, sentence):
    with pytest.raises(InvalidRequest, match="write a sentence"):
        frames_of(sentence=sentence)


@pytest.mark.parametrize("sentence", ["<eos>", "\x00\u202eold", "👩‍👩‍👧", "<b>&", "海上生明月"])
def test_odd_sentences_are_read_like_others(frames_of, sentence):
    assert all(np.isfinite(step.log_probability).all() for step in steps(frames_of(sentence=sentence, repeats=2)))


@pytest.mark.parametrize("fields", [{}, {"exhibit": "bigram"}])
def test_a_cancelled_run_ends_within_a_step(frames_of, fields):
    assert len(frames_of(until=4, **fields)) <= 5


@pytest.mark.parametrize("fields", EXHIBITS, ids=lambda fields: fields["exhibit"])
def test_runs_end_done_and_come_back_from_bytes(frames_of, fields):
    frames = frames_of(**fields)
    assert frames[-1].done == 1
    assert all(a.done <= b.done for a, b in pairwise(frames))
    assert repr(unpack(pack(frames), FRAMES)) == repr(frames)


@pytest.mark.parametrize(("fields", "level"), [({"k": 11}, 11), ({"truncation": "nucleus", "mass": 0.83}, 0.83)])
def test_the_chosen_cut_stands_on_the_curve(frames_of, fields, level):
    chosen, *cuts = frames_of(exhibit="bigram", **fields)
    levels = [cut.level for cut in cuts]
    assert levels == sorted(levels)
    on_curve = cuts[levels.index(level)]
    assert on_curve.repetition.tolist() == chosen.cut.repetition.tolist()
    assert chosen.cut.level == level


@pytest.mark.parametrize(
    ("fields", "cut", "levels"),
    [({}, top_k, (2, 64)), ({"truncation": "nucleus"}, nucleus, (0.8, 1.0))],
    ids=["top-k", "nucleus"],
)
def test_the_curve_is_the_mass_of_each_cut(frames_of, fields, cut, levels):
    frames = {frame.level: frame for frame in frames_of(exhibit="bigram", **fields) if isinstance(frame, BigramCut)}
    p = distributions(storybooks().counts)
    for level in levels:
        expected = [repetition(cut(p, level, eos)[:, :-1]) for eos in ("plain", "kept", "dropped")]
        assert frames[level].repetition.tolist() == pytest.approx(expected)


def test_greedy_closes_a_cycle_of_probability_one_unless_eos_is_kept(frames_of):
    chosen = frames_of(exhibit="bigram", k=1)[0]
    assert [math.isinf(value) for value in chosen.cut.repetition] == [True, False, True]
    assert (",", " and", " the", " other") in chosen.cycles[0]
    assert chosen.cycles[1] == ()
    assert chosen.cut.never_stops.tolist() == pytest.approx([0.981, 0, 1], abs=0.001)


def test_the_bound_holds_the_table_the_curve_and_what_was_asked(frames_of):
    (bound,) = frames_of(exhibit="bound", epsilon=0.02, limit=100)
    assert tuple(bound.epsilons[: bound.table]) == TABLE
    assert bound.epsilons[-1] == 0.02
    assert bound.latest[-1] == 35
    assert bound.reached[-1] == pytest.approx(1 - 0.98**100)
    curve = bound.epsilons[bound.table : -1]
    assert (curve[0], curve[-1]) == pytest.approx((1e-6, 0.5))
