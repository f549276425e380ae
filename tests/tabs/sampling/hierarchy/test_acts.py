import pytest
from pydantic import ValidationError

from playground.runtime.errors import InvalidRequest
from playground.tabs.sampling.hierarchy.acts import act
from playground.tabs.sampling.hierarchy.request import MOST_STEPS, HierarchyRequest, Variant
from playground.ui.tab_view import Click

REQUEST = HierarchyRequest(steps=100, seed=7, beside=(Variant(warm_up=0),))


def click(request=REQUEST, at=None, controls=None, **data):
    return act(request, Click(data, lambda: controls or HierarchyRequest(), at))


def test_play_goes_on_to_the_end_of_a_paused_run_and_beyond_a_finished_one():
    assert click(at=30, act="play").steps == 100
    assert click(act="play").steps == 400


def test_steps_count_from_where_the_run_stands_and_reset_begins_again():
    assert click(at=30, act="step", steps=10).steps == 40
    assert click(act="reset").steps == 0


def test_the_longest_run_goes_no_further():
    with pytest.raises(InvalidRequest, match="press Reset"):
        click(REQUEST.with_(steps=MOST_STEPS), act="step", steps=1)


def test_the_controls_become_one_more_variant_of_the_shown_run():
    added = click(controls=HierarchyRequest(spectral=1, batch=64, seed=1), act="add")
    assert added.variants() == (*REQUEST.variants(), Variant(spectral=1))
    assert (added.batch, added.seed) == (REQUEST.batch, 7)


def test_a_variant_that_is_there_or_a_fourth_one_is_refused():
    with pytest.raises(InvalidRequest, match="already there"):
        click(controls=HierarchyRequest(warm_up=0), act="add")
    three = click(controls=HierarchyRequest(spectral=1), act="add")
    with pytest.raises(InvalidRequest, match="At most 3 variants"):
        click(three, controls=HierarchyRequest(spectral=2), act="add")


def test_a_removed_variant_leaves_the_others():
    assert click(act="remove", variant=0).variants() == REQUEST.variants()[1:]
    assert click(act="remove", variant=1).variants() == REQUEST.variants()[:1]


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"act": "explode"},
        {"act": "step", "steps": "<b>"},
        {"act": "remove", "variant": 2},
        {"act": "remove", "variant": -1},
        {"act": "remove", "variant": None},
        {"act": "view", "field": "steps", "value": 1},
        {"act": "view", "field": "moment", "value": 1001},
    ],
    ids=str,
)
def test_what_asks_for_nothing_possible_is_one_of_the_errors_that_the_page_puts_in_words(data):
    with pytest.raises((LookupError, TypeError, ValueError, ValidationError)):
        click(**data)


def test_the_last_variant_stays():
    with pytest.raises(ValueError, match="the last one"):
        click(HierarchyRequest(), act="remove", variant=0)
