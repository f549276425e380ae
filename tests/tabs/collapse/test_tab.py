import json

import pytest

from playground.tabs.collapse.request import CollapseRequest, Variant
from playground.tabs.collapse.tab import VIEW
from playground.tabs.collapse.view import View
from tests.tabs.collapse.views import view_of

REQUEST = CollapseRequest(dimension=3, beside=(Variant(dimension=3, stop_gradient=False),))


@pytest.mark.parametrize("draw", [VIEW.draw, VIEW.sketch])
@pytest.mark.parametrize("view", [None, View(), view_of([0, 10])], ids=["none", "empty", "some"])
def test_a_run_has_one_value_for_each_output(draw, view):
    assert len(draw(view, REQUEST, "en")) == len(VIEW.outputs())


def test_a_run_can_be_taken_away_as_json_table_and_animation():
    files = VIEW.download(view_of([0, 10]), REQUEST)
    assert tuple("." + name.rpartition(".")[2] for name in files) == VIEW.downloads
    assert files["collapse.gif"]().startswith(b"GIF8")


def test_the_answer_is_plain_json():
    assert len(json.loads(json.dumps(VIEW.answer(view_of([0, 10]))))["rows"]) == 4


def test_what_run_keeps_are_fields_of_the_request_without_a_control():
    fields = CollapseRequest.model_fields
    assert all(fields[name].json_schema_extra["widget"] == "none" for name in VIEW.keeps)
