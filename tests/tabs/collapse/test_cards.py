import base64
import json
import math
import re
from typing import get_args

import numpy as np
import pytest

from playground.tabs.collapse.cards import MARKS, cards_value, small
from playground.tabs.collapse.frames import CollapseFailure
from playground.tabs.collapse.request import CollapseRequest, Variant
from playground.tabs.collapse.verdict import VerdictKind
from playground.tabs.collapse.view import View, fold
from playground.ui.translations import catalogue
from tests.tabs.collapse.views import POINTS, frame, start, view_of

REQUEST = CollapseRequest(dimension=3, beside=(Variant(dimension=3, stop_gradient=False),), steps=100)
VIEW = view_of(range(0, 101, 10), std=[0.95, 0.03], rank=[2.8, 1.2])


def drawn(view=VIEW, request=REQUEST, language="en", live=False):
    return json.loads(cards_value(view, request, language, live=live))


def acts(html):
    asked = re.findall(r'data-act="([^"]*)"', html) + re.findall(r'data-choice="([^"]*)"', html)
    return [json.loads(text.replace("&quot;", '"')) for text in asked]


def test_every_variant_has_a_card_with_its_name_and_its_verdict_in_words():
    healthy, collapsed = drawn()["cards"]
    assert "SimSiam" in healthy["head"]
    assert "no stop-gradient" in collapsed["head"]
    assert "✕ complete collapse" in collapsed["head"]
    assert "0.03 (below" in collapsed["head"]


def test_every_verdict_has_a_mark_besides_its_colour():
    assert set(MARKS) == set(get_args(VerdictKind))
    assert len(set(MARKS.values())) == len(MARKS)


def test_numbers_stand_beside_what_they_are_measured_against():
    side = drawn()["cards"][0]["side"]
    for part in ("0.95", "2.8", "of 3", "input 0.90, start 0.50"):
        assert part in side


def test_without_classes_there_is_no_neighbours_accuracy():
    assert "kNN" not in drawn(view_of([0, 100], knn=math.nan))["cards"][0]["side"]


def test_all_five_live_fields_of_every_variant_can_be_changed():
    for variant, card in enumerate(drawn()["cards"]):
        changes = [data for data in acts(card["foot"]) if data["act"] == "change"]
        fields = {data["field"] for data in changes}
        assert fields == {"stop_gradient", "predictor", "batch_norm", "learning_rate", "predictor_rate"}
        assert {data["variant"] for data in changes} == {variant}


def test_the_switch_shows_what_acts_at_the_end_of_the_run():
    toggled = REQUEST.with_(schedule=("50:0:stop_gradient=off", "50:0:predictor=linear"))
    foot = drawn(request=toggled)["cards"][0]["foot"]
    assert re.findall(r'aria-pressed="(\w+)"', foot)[:2] == ["false", "true"]
    assert re.findall(r'value="(\w+)" selected', foot)[0] == "linear"


def test_the_largest_rates_go_no_higher():
    high = REQUEST.with_(learning_rate=5e8, predictor_rate=50)
    values = [
        data["value"] for data in acts(drawn(request=high)["cards"][0]["foot"]) if "rate" in data.get("field", "")
    ]
    assert values == [5e7, 1e9, 5, 100]


def test_only_one_of_several_can_be_removed():
    assert [data for data in acts(drawn()["cards"][1]["foot"]) if data["act"] == "remove"] == [
        {"act": "remove", "variant": 1}
    ]
    alone = drawn(view_of([0], [3]), CollapseRequest(dimension=3))
    assert [data for data in acts(alone["cards"][0]["foot"]) if data["act"] == "remove"] == []


@pytest.mark.parametrize(("dimension", "kind"), [(2, "circle"), (3, "sphere"), (64, "components")])
def test_a_circle_and_a_sphere_are_exact_and_more_dimensions_are_projected(dimension, kind):
    value = drawn(view_of([0], [dimension]), CollapseRequest(dimension=dimension))
    assert value["cards"][0]["kind"] == kind
    assert ("principal components" in value["legend"]) == (kind == "components")


def test_the_points_are_those_of_the_moment():
    card = drawn(request=REQUEST.with_(moment=500))["cards"][1]
    sent = np.frombuffer(base64.b64decode(card["points"]), np.int8).reshape(POINTS, 3) / 100
    recorded = next(frame for frame in VIEW.frames if frame.step == 50).points[1]
    assert np.abs(sent - recorded).max() <= 0.0055


def test_a_run_that_goes_on_shows_its_newest_picture_and_cannot_be_scrubbed():
    request = REQUEST.with_(moment=500)
    assert drawn(request=request)["scrubber"] | {"said": ""} == {
        "moment": 500,
        "label": "Moment",
        "said": "",
        "enabled": True,
    }
    live = drawn(request=request, live=True)["scrubber"]
    assert (live["moment"], live["said"], live["enabled"]) == (1000, "step 100 of 100", False)


def test_names_of_classes_are_escaped():
    assert "&lt;dogs&gt;" in drawn()["legend"]
    assert "<dogs>" not in drawn()["legend"]


def test_the_thresholds_are_shown():
    assert "Complete collapse: std·√d below 0.15." in drawn()["legend"]
    assert "√3 = 1.7" in drawn()["legend"]


def test_a_variant_that_failed_says_why_the_run_stopped():
    view = fold(fold(fold(None, start()), frame(0)), CollapseFailure(1.0, 7, 1, 1e9, 3.0))
    sound, failed = drawn(view)["cards"]
    assert "at step 7, with learning rate 1e+09" in failed["foot"]
    assert "not a finite number" not in sound["foot"]


def test_the_cards_speak_chinese():
    value = json.dumps(drawn(language="zh"), ensure_ascii=False)
    assert catalogue("zh")["complete collapse"] in value
    assert "学习率" in value


def test_nothing_recorded_draws_nothing():
    assert drawn(View())["cards"] == []
    assert drawn(fold(None, start()))["cards"] == []


def test_four_variants_of_512_points_stay_small():
    view = fold(None, start([64] * 4, labels=np.zeros(512, np.int64)))
    fold(view, frame(0, 4, points=np.zeros((4, 512, 3), np.float16)))
    assert len(cards_value(view, REQUEST.with_(beside=(Variant(),) * 3), "zh")) < 30_000


def test_a_number_that_is_none_is_a_dash():
    assert small(math.inf) == "–"
    assert small(-1e-9) == "−1e−09"
