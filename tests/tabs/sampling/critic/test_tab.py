import contextlib
import csv
import io
import json
import re

import pytest

from playground.tabs.sampling.critic.request import CriticRequest
from playground.tabs.sampling.critic.tab import MEASURES, PRESETS, VIEW
from playground.tabs.sampling.critic.view import View
from playground.ui.claims import load_claims
from playground.ui.theme import ASSETS

SNIPPETS = (
    CriticRequest(steps=3, batch=16),
    CriticRequest(steps=3, data="digits", generator=True),
    CriticRequest(exhibit="batches", dimension=4, repeats=2),
    CriticRequest(exhibit="batches", ground="digits", dimension=4, repeats=2),
)


@pytest.mark.parametrize("request_", SNIPPETS)
def test_the_snippet_runs_as_it_is_shown(request_):
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(VIEW.snippet(request_), {})
    assert printed.getvalue()


def test_the_first_preset_is_the_default():
    assert PRESETS[0].request == CriticRequest()
    assert len({preset.title for preset in PRESETS}) == len(PRESETS)


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.title)
def test_a_run_has_one_value_for_each_output(preset):
    assert len(VIEW.draw(None, preset.request, "en")) == len(VIEW.sketch(None, preset.request, "zh")) == 6


def test_the_style_sheet_hides_controls_that_exist():
    rules = (ASSETS / "whybox.css").read_text("utf-8").splitlines()
    own = [rule for rule in rules if re.search(r'field-exhibit input\[value="(critics|batches)"\]', rule)]
    hidden = {name for rule in own for name in re.findall(r"\.field-(\w+)", rule)} - {"exhibit"}
    controls = {
        name for name, field in CriticRequest.model_fields.items() if field.json_schema_extra["widget"] != "none"
    }
    assert hidden == controls - {"exhibit", "batch", "seed"}


def test_downloads_are_a_table_and_the_same_rows(view_of):
    fields = {"width": 16, "batch": 16, "critics": ("penalty", "spectral"), "steps": 2}
    view, request = view_of(**fields), CriticRequest(**fields)
    files = VIEW.download(view, request)
    assert list(files) == ["critics.json", "critics.csv"]
    rows = list(csv.DictReader(io.StringIO(files["critics.csv"].decode())))
    assert [(row["critic"], row["step"]) for row in rows[:3]] == [("penalty", "0"), ("spectral", "0"), ("penalty", "1")]
    answer = json.loads(files["critics.json"])
    assert answer["rows"][-1]["exact"] == pytest.approx(float(rows[-1]["exact"]))
    assert answer["rows"][-1]["frechet"] is None


def test_downloads_of_batches_have_a_row_for_each_pair(view_of):
    request = CriticRequest(exhibit="batches", ground="digits", repeats=2, batch=8, dimension=1)
    view = view_of(**request.model_dump())
    assert len(VIEW.answer(view)["rows"]) == 2 * len(view.batches)


def test_every_claim_that_can_be_measured_again_has_a_request():
    claims = load_claims(VIEW.folder / "claims.yaml")
    assert {claim.id for claim in claims if claim.measurable} == set(MEASURES)


@pytest.mark.parametrize("measure", MEASURES.values(), ids=MEASURES)
def test_a_claim_is_measured_by_a_preset_so_that_it_is_remembered(measure):
    assert measure.request in [preset.request for preset in PRESETS]
    assert measure.read(View()) == ""


def test_the_numbers_of_the_claims_are_read_off_the_runs(view_of):
    critics = view_of(steps=2, width=16, batch=16, data="digits", critics=("penalty", "spectral"))
    batches = view_of(exhibit="batches", ground="digits", repeats=2, batch=8, dimension=1)
    read = {name: measure.read(batches if "mean" in name else critics) for name, measure in MEASURES.items()}
    assert re.fullmatch(r"penalty -?\d+ %, spectral -?\d+ %", read["c-transform-estimates-best"])
    assert read["better-estimate-worse-generator"].startswith("penalty W₁ ")
    assert re.fullmatch(r"penalty \d\.\d\d, spectral \d\.\d\d", read["not-so-in-the-plane"])
    assert read["mean-closer-in-high-dimension"].startswith("d 1: 0.")
    assert read["means-of-digits"].startswith("real ")


def test_the_panel_stands_in_the_sampling_tab():
    assert (VIEW.name, VIEW.panel_of, VIEW.title) == ("sampling-critic", "sampling", "Wasserstein")
