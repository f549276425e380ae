import pytest
from pydantic import ValidationError

from playground.tabs.matching.methods import METHODS
from playground.tabs.matching.set.request import FAMILIES, MatchingSetRequest, family_of


def test_every_method_belongs_to_a_family():
    assert {family_of(method) for method in METHODS} == set(FAMILIES)


def test_methods_come_once_each_in_the_order_of_the_table():
    assert MatchingSetRequest(methods=("bm25", "base", "bm25")).methods == ("base", "bm25")


def test_the_language_is_the_sets_or_for_own_pairs_the_chosen_one():
    assert MatchingSetRequest(pairs="stsb-zh").texts_language() == "zh"
    assert MatchingSetRequest(pairs="stsb-zh", pasted="a,b,label", language="en").texts_language() == "en"


def test_a_run_leases_the_models_of_its_methods_each_once():
    assert MatchingSetRequest(methods=("base", "words", "ngrams")).models() == ("packaged/all-minilm-l6-v2",)
    assert MatchingSetRequest(methods=("ngrams",)).models() == ()


def test_methods_without_a_model_for_the_language_are_missing():
    assert MatchingSetRequest(methods=("simcse", "ngrams")).missing_methods() == ("simcse",)


def test_more_pairs_are_expected_to_take_longer():
    assert MatchingSetRequest(count=500).estimate() > MatchingSetRequest(count=50).estimate()


def test_drawing_another_method_runs_nothing():
    assert MatchingSetRequest().runs_like(MatchingSetRequest(shown="bm25"))


@pytest.mark.parametrize(
    "fields", [{"alike": 0}, {"count": 0}, {"ratio": 0}, {"ratio": float("nan")}, {"goal": "auc"}, {"resamples": 1}]
)
def test_what_is_out_of_bounds_is_refused(fields):
    with pytest.raises(ValidationError):
        MatchingSetRequest(**fields)
