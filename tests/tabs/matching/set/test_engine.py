import numpy as np
import pytest
from scipy import stats
from sklearn import metrics as sk

from playground.runtime.contracts import Frame
from playground.runtime.errors import InvalidRequest
from playground.runtime.sessions import Attachment
from playground.tabs.matching.lexical import character_ngram_scores
from playground.tabs.matching.metrics import Confusion
from playground.tabs.matching.set import engine
from playground.tabs.matching.set.given import second_half
from tests.tabs.matching.set.fakes import MINE, Quiet, asked, frames_of


def scored(count=200, **fields):
    generator = np.random.default_rng(0)
    labels = (generator.random(count) < 0.5).astype(int)
    scores = labels + generator.normal(size=count)
    rows = "".join(f"{score!r},{label}\n" for score, label in zip(scores.tolist(), labels.tolist(), strict=True))
    return asked(pasted=f"score,label\n{rows}", **fields)


def judged_of(request):
    given, *methods = frames_of(request)
    return given, methods


def test_a_run_tells_the_pairs_and_then_every_method():
    given, methods = judged_of(asked())
    assert given.methods == ("ngrams", "bm25") == tuple(each.method for each in methods)
    assert (given.name, len(given.labels), int(given.report.sum())) == ("stsb-en", 100, 50)
    assert (given.low, given.high, given.boundary) == (0, 5, 3)


def test_a_method_scores_the_pairs_as_they_are_told():
    given, (first, _) = judged_of(asked())
    assert np.allclose(first.scores, character_ngram_scores(list(zip(given.a, given.b, strict=True))))


def test_the_measures_are_those_of_the_second_part():
    given, (own,) = judged_of(scored())
    labels, scores = given.labels[given.report], own.scores[given.report]
    assert own.spearman == pytest.approx(stats.spearmanr(scores, labels).statistic)
    assert own.pearson == pytest.approx(stats.pearsonr(scores, labels).statistic)
    assert own.average_precision == pytest.approx(sk.average_precision_score(labels, scores))
    assert own.area == pytest.approx(sk.roc_auc_score(labels, scores))


@pytest.mark.parametrize("goal", ["accuracy", "f1", "mcc", "cost"])
def test_the_threshold_is_best_on_the_first_part_and_reported_on_the_second(goal):
    given, (own,) = judged_of(scored(goal=goal, ratio=3.0))
    first, alike = ~given.report, given.labels >= given.boundary
    threshold, value, low, high = own.best

    def worth(cut, part):
        decision = Confusion.at(cut, own.scores[part], alike[part])
        return -decision.cost(3.0) if goal == "cost" else getattr(decision, goal)

    assert value == pytest.approx(worth(threshold, first))
    assert value == pytest.approx(max(worth(cut, first) for cut in (*own.scores[first], np.inf)))
    assert own.report_value == pytest.approx(worth(threshold, given.report))
    assert low < threshold <= high
    assert own.interval[0] <= own.interval[1]
    assert own.report_interval[0] <= own.report_value <= own.report_interval[1]


def test_what_is_drawn_counts_the_second_part():
    given, (own,) = judged_of(scored())
    alike = given.labels[given.report] == 1
    assert (own.alike.sum(), own.different.sum()) == (alike.sum(), (~alike).sum())
    for place in (0, 123, 250, 500):
        decision = Confusion.at(own.levels[place], own.scores[given.report], alike)
        assert (own.hits[place], own.false_alarms[place]) == (decision.hits, decision.false_alarms)


def test_the_curve_is_the_value_of_every_level_on_the_first_part():
    given, (own,) = judged_of(scored(goal="f1"))
    first = ~given.report
    for place in (0, 77, 333, 500):
        decision = Confusion.at(own.levels[place], own.scores[first], given.labels[first] == 1)
        assert own.goal_curve[place] == pytest.approx(decision.f1)
        assert own.accuracy_curve[place] == pytest.approx(decision.accuracy)


def test_the_exact_accuracy_is_never_below_the_published_one():
    for each in judged_of(asked(count=100))[1]:
        assert each.exact[1] >= each.published[1]
        assert each.tried[0, 0] == pytest.approx(np.tanh(1))


def test_the_same_request_gives_the_same_frames():
    first, second = (frames_of(asked(pasted=MINE, seed=3)) for _ in range(2))
    for one, other in zip(first, second, strict=True):
        np.testing.assert_equal(vars(one), vars(other))


def test_ones_own_pairs_are_split_into_halves_of_both_kinds():
    given, _ = judged_of(asked(pasted=MINE))
    assert given.own
    assert (given.name, int(given.report.sum()), int(given.labels[given.report].sum())) == ("pasted.csv", 12, 6)


def test_halves_depend_on_the_seed_alone():
    alike = np.arange(40) % 4 == 0
    assert np.array_equal(second_half(alike, 1), second_half(alike, 1))
    assert not np.array_equal(second_half(alike, 1), second_half(alike, 2))


def test_an_uploaded_file_comes_before_what_is_pasted():
    file = Attachment(name="mine.csv", size=1, sha256="0" * 64)
    context = Quiet(files={"file": MINE.encode()})
    given = frames_of(asked(file=file, pasted="nonsense"), context)[0]
    assert given.name == "mine.csv"


def test_scores_of_ones_own_are_judged_first_and_beside_the_methods():
    rows = "".join(f"cat {n},cat {n % 5},{n % 2},{n / 10}\n" for n in range(20))
    given, methods = judged_of(asked(pasted=f"a,b,label,score\n{rows}"))
    assert given.methods == ("own", "ngrams", "bm25")
    assert methods[0].scores.tolist() == [n / 10 for n in range(20)]


def test_scores_without_texts_are_judged_alone_and_it_is_said():
    given, methods = judged_of(scored())
    assert [each.method for each in methods] == ["own"]
    assert given.a == ()
    assert [message for message, _ in given.notes] == [str(engine.ONLY_SCORES)]


def test_methods_without_a_model_for_the_language_are_left_out_and_named():
    given, methods = judged_of(asked(methods=("conditional", "ngrams")))
    assert given.missing == ("conditional",)
    assert [each.method for each in methods] == ["ngrams"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"methods": ("conditional",)}, "None of the chosen methods"),
        ({"methods": ()}, "None of the chosen methods"),
        ({"pasted": "a,b,label\nx,y,1\nx,z,0\nx,w,0\n"}, "Only 1 pairs of pasted.csv are alike"),
        ({"pasted": "a,b,label\n"}, "holds no labelled pairs"),
    ],
)
def test_what_cannot_be_answered_is_refused_in_a_sentence(fields, said):
    with pytest.raises(InvalidRequest, match=said):
        frames_of(asked(**fields))


def test_constant_scores_call_all_or_none_alike_and_have_no_correlation():
    rows = "".join(f"0.5,{n % 3 == 0:d}\n" for n in range(12))
    _, (own,) = judged_of(asked(pasted=f"score,label\n{rows}"))
    assert np.isnan(own.spearman)
    assert own.best[0] == np.inf
    assert own.reported[1] == 2  # every alike pair is missed


def test_a_cancelled_run_ends_early():
    assert len(frames_of(asked(), Quiet(looks=1))) == 2


def test_many_pairs_are_resampled_with_frames_in_between():
    rows = "".join(f"0.{n % 97:02},{n % 2}\n" for n in range(20_000))
    frames = list(engine.run(asked(pasted=f"score,label\n{rows}"), Quiet()))
    assert sum(type(frame) is Frame for frame in frames) > 2
    assert [frame.done for frame in frames] == sorted(frame.done for frame in frames)
