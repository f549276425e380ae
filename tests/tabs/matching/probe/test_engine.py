import numpy as np
import pytest

from playground.tabs.matching import methods
from playground.tabs.matching.lexical import character_ngram_scores
from playground.tabs.matching.metrics import Confusion
from playground.tabs.matching.pair_sets import load_pairs
from playground.tabs.matching.probe import engine, scores
from playground.tabs.matching.probe.frames import Asked, Judged
from playground.tabs.matching.probe.probe_set import load_items
from playground.tabs.matching.probe.request import ProbeRequest
from playground.tabs.matching.steps import finished


def judged(frames):
    return {frame.method: frame for frame in frames if isinstance(frame, Judged)}


def test_methods_are_named_and_then_judged_in_turn(frames_of):
    frames = frames_of()
    assert frames[0] == Asked(0.0, "en", ("minilm", "words-en", "ngrams", "bm25"))
    assert tuple(judged(frames)) == frames[0].methods
    assert frames[-1].done == 1
    assert {type(frame) for frame in frames} <= set(engine.FRAMES)


def test_every_item_has_both_scores(frames_of):
    items = load_items("en")
    found = judged(frames_of())["ngrams"]
    assert found.same == pytest.approx(character_ngram_scores([(item.text, item.same) for item in items]))
    assert found.different == pytest.approx(character_ngram_scores([(item.text, item.different) for item in items]))


def test_a_recorded_threshold_is_taken_and_others_are_chosen(frames_of):
    found = judged(frames_of())
    assert (found["minilm"].recorded, found["minilm"].threshold) == (True, 0.5)
    assert not found["bm25"].recorded
    assert not judged(frames_of(alike_from=3))["minilm"].recorded


def test_a_chosen_threshold_is_better_on_stsb_than_any_other(context):
    (ngrams,) = (method for method in methods.METHODS if method.id == "ngrams")
    best = finished(scores.chosen_threshold(context, ngrams, "en", 4.0))
    dev = load_pairs("stsb-en").dev
    found, alike = character_ngram_scores([(p.a, p.b) for p in dev]), [p.label >= 4 for p in dev]
    accuracies = [Confusion.at(cut, found, alike).accuracy for cut in np.linspace(0, 1.1, 111)]
    assert best.value == pytest.approx(Confusion.at(best.threshold, found, alike).accuracy)
    assert best.value >= max(accuracies)


@pytest.mark.parametrize("id", ["bm25", "ngrams", "words-en", "minilm"])
def test_a_score_does_not_depend_on_what_else_is_scored(context, id, monkeypatch):
    monkeypatch.setattr("models.nets.sentence_vectors.has_bfloat16", lambda: False)
    (method,) = (each for each in methods.METHODS if each.id == id)
    pairs = [("the plot was good", "the plot was not good"), ("it was great", "all in all"), ("a", "b")]
    together = finished(scores.steady_scores(context, method, "en", pairs))
    alone = finished(scores.steady_scores(context, method, "en", pairs[:1]))
    assert alone[0] == pytest.approx(together[0], abs=1e-5)


def test_a_conditional_model_is_asked_for_the_same_meaning(context, monkeypatch):
    asked = []

    def score_pairs(context, method, pairs, criterion):
        asked.append(criterion)
        yield from ()
        return np.zeros(len(pairs))

    monkeypatch.setattr(scores, "score_pairs", score_pairs)
    by_id = {method.id: method for method in methods.METHODS}
    for id in ("conditional-zh", "cross-zh"):
        finished(scores.steady_scores(context, by_id[id], "zh", [("a", "b")]))
    assert asked == ["B", None]


def test_the_same_request_gives_the_same_frames(frames_of):
    for one, other in zip(judged(frames_of()).values(), judged(frames_of()).values(), strict=True):
        assert np.array_equal(one.same, other.same)
        assert one.threshold == other.threshold


def test_a_cancelled_run_ends_before_the_next_method(context):
    frames = engine.run(ProbeRequest(), context)
    next(frames)
    context.cancelled = True
    assert list(frames) == []
