from contextlib import contextmanager

import numpy as np
import pytest

from playground.runtime.errors import Cancelled
from playground.tabs.matching.interaction import engine, record, recorded
from playground.tabs.matching.interaction import request as requests
from playground.tabs.matching.interaction.frames import Timed
from playground.tabs.matching.interaction.request import InteractionRequest
from playground.tabs.matching.interaction.timing import search_seconds, seconds_of
from playground.tabs.matching.methods import METHODS, method_of
from playground.tabs.matching.pair_sets import load_pairs
from playground.tabs.matching.steps import Step
from tests.tiny_masked_lm import tiny_bert

TINY = tuple(method for method in METHODS if method.id in ("minilm", "words-en", "ngrams", "bm25"))


class Context:
    """Lends one tiny encoder under every name."""

    cancelled = False

    def __init__(self):
        self.loaded, self.visitor = tiny_bert(), self

    @contextmanager
    def lease(self, model):
        yield self.loaded


@pytest.fixture
def context(monkeypatch):
    monkeypatch.setattr(requests, "methods_for", lambda language, available: TINY)
    return Context()


def timed(context, **fields):
    frames = engine.run(InteractionRequest(repeats=1, **fields), context)
    return [frame for frame in frames if isinstance(frame, Timed)]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_method_is_timed_once_and_only_vectors_are_searched(context, language):
    found = timed(context, language=language)
    assert [each.method for each in found] == [method.id for method in TINY]
    assert all((each.seconds > 0).all() and len(each.seconds) == len(each.counts) for each in found)
    assert [each.search > 0 for each in found] == [each.dimension > 0 for each in found] == [True, True, False, False]


def test_a_cancelled_run_stops_within_a_method(context):
    context.cancelled = True
    assert timed(context) == []
    with pytest.raises(Cancelled):
        list(seconds_of(context, lambda texts: iter("ab"), ["a"], 1, 0.0))


def test_the_best_of_the_repeats_counts_and_pauses_do_not(monkeypatch):
    clock = iter([0.0, 1.0, 100.0, 101.0, 200.0, 202.0, 300.0, 302.0])
    monkeypatch.setattr("time.perf_counter", lambda: next(clock))
    found = []

    def work():
        found.append((yield from seconds_of(Context(), lambda texts: iter(texts), ["a"], 2, 0.0)))

    assert len(list(work())) == 2
    assert found == [2.0]


def test_a_search_takes_time():
    assert search_seconds(8, 1) > 0


def test_a_perfect_method_is_recorded_as_one_and_read_back(context, monkeypatch, tmp_path):
    pairs = load_pairs("stsb-en")
    label = {(pair.a, pair.b): pair.label for pair in pairs.test}

    def score_pairs(context, method, texts):
        yield Step("pairs", len(texts), len(texts))
        return np.array([label[pair] for pair in texts])

    monkeypatch.setattr(record, "score_pairs", score_pairs)
    monkeypatch.setattr(recorded, "RECORDED", tmp_path / "quality.json")
    recorded._rows.cache_clear()
    entry = record.measured(context, method_of("ngrams"), pairs)
    record.write({recorded.entry_name("ngrams", "en"): entry})
    found = recorded.quality("ngrams", "en")
    recorded._rows.cache_clear()
    assert (found.spearman, found.pairs) == (1.0, len(pairs.test))


def test_bm25_is_recorded_with_the_frequencies_of_the_bundled_texts(context):
    assert record.measured(context, method_of("bm25"), load_pairs("stsb-en"))["spearman"] > 0.5
