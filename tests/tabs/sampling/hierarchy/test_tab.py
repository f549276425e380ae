import contextlib
import io
import json

import pytest

from playground.tabs.sampling.hierarchy import snippet as snippets
from playground.tabs.sampling.hierarchy.presets import PRESETS
from playground.tabs.sampling.hierarchy.record import measured
from playground.tabs.sampling.hierarchy.request import HierarchyRequest, Variant
from playground.tabs.sampling.hierarchy.tab import MEASURES, VIEW
from playground.tabs.sampling.hierarchy.view import View
from playground.ui.claims import load_claims
from tests.tabs.sampling.hierarchy.trainings import asked, frame, small_data, view_of

KL = [[[0.0, 0.05], [3.0, 0.01]]] * 3


@pytest.mark.parametrize("draw", [VIEW.draw, VIEW.sketch])
@pytest.mark.parametrize("view", [None, View(), view_of(frame(0), frame(10))], ids=["none", "empty", "some"])
def test_a_run_has_one_value_for_each_output(draw, view):
    assert len(draw(view, HierarchyRequest(), "en")) == len(VIEW.outputs())


def test_the_snippet_runs_as_it_is_shown():
    printed = io.StringIO()
    request = HierarchyRequest(steps=2, groups=2, batch=8, beside=(Variant(warm_up=0),))
    with contextlib.redirect_stdout(printed):
        exec(VIEW.snippet(request), {})
    assert printed.getvalue().count("warm_up=") == 2


def test_the_snippet_leaves_out_how_a_run_is_drawn():
    assert "moment" not in snippets.snippet(HierarchyRequest(moment=5, steps=7))


def test_downloads_are_a_json_and_a_csv_file():
    files = VIEW.download(view_of(frame(0)), HierarchyRequest())
    assert tuple("." + name.rpartition(".")[2] for name in files) == VIEW.downloads


def test_the_answer_is_plain_json():
    assert len(json.loads(json.dumps(VIEW.answer(view_of(frame(0), frame(10)))))["rows"]) == 2


def test_presets_differ_and_the_first_is_cheap():
    assert len({preset.title for preset in PRESETS}) == len(PRESETS)
    assert PRESETS[0].request.estimate() < 3
    assert all(preset.request.models() == () for preset in PRESETS)


def test_what_run_keeps_are_fields_of_the_request_without_a_control():
    fields = HierarchyRequest.model_fields
    assert all(fields[name].json_schema_extra["widget"] == "none" for name in VIEW.keeps)


def test_every_claim_that_can_be_measured_again_has_a_request():
    claims = load_claims(VIEW.folder / "claims.yaml")
    assert {claim.id for claim in claims if claim.measurable} == set(MEASURES)


@pytest.mark.parametrize("measure", MEASURES.values(), ids=MEASURES)
def test_a_claim_is_measured_by_a_preset_so_that_it_is_remembered(measure):
    assert measure.request in [preset.request for preset in PRESETS]
    assert measure.read(View()) == ""
    assert measure.read(view_of(frame(0, KL))) == "0.1 / 3.0; 0.1 / 3.0; 0.1 / 3.0"


def test_a_recording_has_a_line_for_each_variant_at_its_end():
    request = asked(steps=2, seed=1, beside=(Variant(warm_up=0),))
    first, second = measured(request, small_data())
    assert first.startswith("seed 1, step 2, warm-up 300 · balancing: KL ")
    assert second.startswith("seed 1, step 2, no warm-up · balancing: KL ")
    assert second.endswith(" bits/dim")


def test_the_panel_stands_in_the_sampling_tab():
    assert (VIEW.name, VIEW.panel_of, VIEW.title) == ("sampling-hierarchy", "sampling", "Posterior collapse")
