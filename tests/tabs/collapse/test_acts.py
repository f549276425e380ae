import pytest
from pydantic import ValidationError

from playground.runtime.errors import InvalidRequest
from playground.tabs.collapse.acts import act
from playground.tabs.collapse.request import MOST_STEPS, Change, CollapseRequest, Variant
from playground.ui.tab_view import Click

REQUEST = CollapseRequest(steps=600, seed=7, beside=(Variant(stop_gradient=False), Variant(predictor="linear")))


def click(request=REQUEST, at=None, controls=None, **data):
    return act(request, Click(data, lambda: controls or CollapseRequest(), at))


def change(variant, field, value, request=REQUEST, at=None):
    return click(request, at, act="change", variant=variant, field=field, value=value)


def texts(request):
    return [str(change) for change in request.schedule]


def test_play_goes_on_to_the_end_of_a_paused_run_and_600_steps_beyond_a_finished_one():
    assert click(at=130, act="play").steps == 600
    assert click(at=600, act="play").steps == 1200
    assert click(act="play").steps == 1200


@pytest.mark.parametrize("count", [1, 10, 100])
def test_steps_count_from_where_the_run_stands(count):
    assert click(at=130, act="step", steps=count).steps == 130 + count
    assert click(act="step", steps=count).steps == 600 + count


def test_the_longest_run_goes_to_the_last_step_and_no_further():
    nearly = REQUEST.with_(steps=MOST_STEPS - 5)
    assert click(nearly, act="play").steps == MOST_STEPS
    with pytest.raises(InvalidRequest, match="at most 20,000 steps: press Reset"):
        click(REQUEST.with_(steps=MOST_STEPS), act="step", steps=1)


def test_reset_begins_again_without_the_changes():
    fresh = click(REQUEST.with_(schedule=("5:0:stop_gradient=off",)), act="reset")
    assert (fresh.steps, fresh.schedule) == (0, ())
    assert fresh.variants() == REQUEST.variants()


def test_a_toggle_acts_from_where_a_paused_run_stands():
    toggled = change(0, "stop_gradient", False, at=130)
    assert texts(toggled) == ["130:0:stop_gradient=off"]
    assert toggled.steps == 600


def test_a_toggle_of_a_finished_run_acts_at_its_end_and_asks_for_300_steps_more():
    toggled = change(1, "predictor", "none")
    assert texts(toggled) == ["600:1:predictor=none"]
    assert toggled.steps == 900


def test_a_second_toggle_at_the_same_step_takes_the_place_of_the_first():
    first = change(0, "predictor", "none", at=130)
    assert texts(change(0, "predictor", "linear", first, at=130)) == ["130:0:predictor=linear"]


def test_toggling_back_at_the_same_step_leaves_no_change():
    there = change(0, "stop_gradient", False, at=130)
    assert change(0, "stop_gradient", True, there, at=130).schedule == ()


def test_a_toggle_comes_between_those_that_are_scheduled():
    scheduled = REQUEST.with_(schedule=("100:0:stop_gradient=off", "300:0:stop_gradient=on"))
    toggled = change(1, "learning_rate", 0.5, scheduled, at=200)
    assert texts(toggled) == ["100:0:stop_gradient=off", "200:1:learning_rate=0.5", "300:0:stop_gradient=on"]


def test_the_hundred_and_first_change_is_refused_with_the_way_out():
    full = REQUEST.with_(schedule=tuple(f"{step}:0:learning_rate=0.{step + 1}" for step in range(100)))
    with pytest.raises(InvalidRequest, match="at most 100 changes: press Reset"):
        change(0, "learning_rate", 3, full)


def test_the_controls_become_the_last_variant_on_the_ground_of_the_shown_run():
    controls = CollapseRequest(predictor="random", batch=32, seed=9, steps=5, data="rings")
    added = click(controls=controls, act="add")
    assert added.variants() == (*REQUEST.variants(), Variant(predictor="random"))
    assert added.with_(beside=REQUEST.beside) == REQUEST


def test_a_variant_that_is_there_already_is_not_added():
    with pytest.raises(InvalidRequest, match="already there"):
        click(controls=CollapseRequest(stop_gradient=False), act="add")


def test_a_fifth_variant_is_refused():
    four = click(controls=CollapseRequest(predictor="none"), act="add")
    with pytest.raises(InvalidRequest, match="At most 4 variants"):
        click(four, controls=CollapseRequest(predictor="random"), act="add")


def test_a_removed_variant_takes_its_changes_along_and_the_others_move_up():
    scheduled = REQUEST.with_(schedule=("5:0:predictor=none", "6:1:predictor=none", "7:2:predictor=mlp"))
    without_first = click(scheduled, act="remove", variant=0)
    assert without_first.variants() == REQUEST.variants()[1:]
    assert texts(without_first) == ["6:0:predictor=none", "7:1:predictor=mlp"]
    assert texts(click(scheduled, act="remove", variant=1)) == ["5:0:predictor=none", "7:1:predictor=mlp"]


def test_the_last_variant_stays():
    with pytest.raises(InvalidRequest, match="has to stay"):
        click(CollapseRequest(), act="remove", variant=0)


def test_what_is_asked_for_starts_at_the_newest_picture():
    early = REQUEST.with_(moment=100)
    assert click(early, act="play").moment == 1000
    assert change(0, "predictor", "none", early).moment == 1000


def test_only_the_view_can_be_changed_as_the_view():
    seen = click(act="view", field="moment", value=250)
    assert seen.moment == 250
    assert seen.runs_like(REQUEST)
    with pytest.raises(ValueError, match="no field"):
        click(act="view", field="steps", value=3)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"act": "explode"},
        {"act": []},
        {"act": "step"},
        {"act": "step", "steps": "<b>"},
        {"act": "step", "steps": True},
        {"act": "step", "steps": 0},
        {"act": "step", "steps": -5},
        {"act": "remove", "variant": 3},
        {"act": "remove", "variant": -1},
        {"act": "remove", "variant": None},
        {"act": "change", "variant": 0, "field": "stop_gradient"},
        {"act": "change", "variant": 3, "field": "stop_gradient", "value": False},
        {"act": "change", "variant": 0, "field": "dimension", "value": 3},
        {"act": "change", "variant": 0, "field": "predictor", "value": "<script>"},
        {"act": "change", "variant": 0, "field": "learning_rate", "value": float("nan")},
        {"act": "change", "variant": 0, "field": "learning_rate", "value": [1]},
        {"act": "view", "field": "metric", "value": "fame"},
        {"act": "view", "field": "moment", "value": 1001},
        {"act": "view", "field": ["moment"], "value": 1},
    ],
)
def test_what_asks_for_nothing_possible_is_one_of_the_errors_that_the_page_puts_in_words(data):
    with pytest.raises((LookupError, TypeError, ValueError, ValidationError)):
        click(**data)


def test_changes_are_those_of_the_request_model():
    assert change(0, "predictor_rate", 10).schedule == (Change(step=600, variant=0, field="predictor_rate", value=10),)
