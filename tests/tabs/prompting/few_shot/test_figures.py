import json

import pytest

from playground.tabs.prompting.few_shot import recorded
from playground.tabs.prompting.few_shot.figures import color, curve_figure, loss_figure
from playground.tabs.prompting.few_shot.method import METHODS
from playground.tabs.prompting.few_shot.recorded import Entry
from playground.tabs.prompting.few_shot.request import FewShotRequest
from playground.tabs.prompting.few_shot.view import View
from tests.tabs.prompting.few_shot.fakes import asked
from tests.tabs.prompting.few_shot.views import result, step, view_of

REQUEST = FewShotRequest(methods=("pet",), shots=(1, 4))


def entry(method="pet", shots=4, task="mr"):
    where = {"date": "2026-01-31", "commit": "1a2b3c4", "machine": "2 CPU cores"}
    return Entry(task, "zoo/minilm-mlm-en", method, shots, (0.6, 0.7), 1000, 30, 2.0, **where)


@pytest.fixture(autouse=True)
def records(monkeypatch):
    monkeypatch.setattr(recorded, "entries", lambda: (entry(shots=64), entry(shots=4), entry("setfit", task="subj")))


def test_a_curve_goes_through_its_means_with_their_intervals():
    view = view_of(result(shots=4, accuracy=0.7), result(shots=1, accuracy=0.5))
    _, curve = curve_figure(view, REQUEST, "en")["data"]
    assert (curve["x"], curve["y"], curve["name"]) == ([1, 4], [0.5, 0.7], "PET")
    one = view.curve("pet")[0]
    assert curve["error_y"]["array"][0] == pytest.approx(one.high - one.mean)
    assert curve["error_y"]["arrayminus"][0] == pytest.approx(one.mean - one.low)


def test_what_was_recorded_is_dotted_and_says_so():
    (curve,) = curve_figure(View(), REQUEST, "en")["data"]
    assert (curve["x"], curve["line"]["dash"], curve["name"]) == ([4, 64], "dot", "PET, recorded")
    assert curve["y"] == pytest.approx([0.65, 0.65])
    assert curve["showlegend"]


def test_own_texts_and_other_tasks_have_no_record():
    assert curve_figure(View(), asked("pet"), "en")["data"] == []
    assert curve_figure(View(), REQUEST.with_(task="csl-category"), "en")["data"] == []
    assert curve_figure(View(), REQUEST.with_(recorded=False), "en")["data"] == []


def test_a_training_under_way_is_a_hollow_mark():
    *_, mark = curve_figure(view_of(step(accuracy=0.55)), REQUEST, "en")["data"]
    assert (mark["x"], mark["y"], mark["marker"]["symbol"]) == ([4], [0.55], "circle-open")
    assert len(curve_figure(view_of(step()), REQUEST, "en")["data"]) == 1


def test_losses_are_drawn_for_the_last_training_of_every_method():
    view = view_of(step(loss=0.7), step(number=10, loss=0.5), step("setfit", loss=0.2), step("linear-probe"))
    one, other = loss_figure(view, "en")["data"]
    assert (one["y"], other["y"]) == ([0.7, 0.5], [0.2])
    assert one["name"] == "PET, K = 4"


def test_a_plot_without_losses_says_so():
    figure = loss_figure(view_of(step("linear-probe")), "en")
    assert figure["data"] == []
    assert figure["layout"]["annotations"][0]["text"] == "No chosen method tells a loss."


def test_every_method_has_a_colour_of_the_page():
    assert {color(method) for method in METHODS} == {f"var(--series-{n})" for n in range(1, 9)}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_figures_are_json(language):
    view = view_of(step(accuracy=0.5, loss=0.1), result())
    json.dumps([curve_figure(view, REQUEST, language), loss_figure(view, language)], allow_nan=False)
