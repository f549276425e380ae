import contextlib
import io
import re

import pytest

from playground.tabs.collapse.dynamics.request import DynamicsRequest
from playground.tabs.collapse.dynamics.tab import MEASURES, PRESETS, VIEW
from playground.tabs.collapse.dynamics.trace import Trace
from playground.ui.claims import load_claims
from playground.ui.theme import ASSETS

SNIPPETS = (
    DynamicsRequest(),
    DynamicsRequest(phi=-0.6, theta=-0.4, phi_rate=2),
    DynamicsRequest(exhibit="eigenvalues", dimension=3),
    DynamicsRequest(exhibit="eigenvalues", dimension=3, moving_average=True, predictor="directpred"),
    DynamicsRequest(exhibit="eigenvalues", dimension=3, stop_gradient=False, predictor="none"),
)


@pytest.mark.parametrize("request_", SNIPPETS)
def test_the_snippet_runs_as_it_is_shown(request_):
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(VIEW.snippet(request_), {})
    assert len(printed.getvalue().splitlines()) >= 2


def test_the_snippet_of_two_numbers_prints_the_ends():
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(VIEW.snippet(DynamicsRequest()), {})
    assert "0.806" in printed.getvalue()
    assert "0.612" in printed.getvalue()


def test_the_first_preset_is_the_default():
    assert PRESETS[0].request == DynamicsRequest()
    assert len({preset.title for preset in PRESETS}) == len(PRESETS)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_run_has_one_value_for_each_output(language):
    assert len(VIEW.draw(None, DynamicsRequest(), language)) == 5


def test_the_style_sheet_hides_controls_that_exist():
    rules = (ASSETS / "whybox.css").read_text("utf-8").splitlines()
    own = [rule for rule in rules if re.search(r'field-exhibit input\[value="(numbers|eigenvalues)"\]', rule)]
    hidden = {name for rule in own for name in re.findall(r"\.field-(\w+)", rule)}
    assert hidden == set(DynamicsRequest.model_fields) - {"time"}


def test_downloads_are_a_json_and_a_csv_file():
    files = VIEW.download(Trace(), DynamicsRequest(exhibit="eigenvalues"))
    assert list(files) == ["eigenvalues.json", "eigenvalues.csv"]


def test_every_claim_that_can_be_measured_again_has_a_request():
    claims = load_claims(VIEW.folder / "claims.yaml")
    assert {claim.id for claim in claims if claim.measurable} == set(MEASURES)


@pytest.mark.parametrize("measure", MEASURES.values(), ids=MEASURES)
def test_a_claim_is_measured_by_a_preset_so_that_it_is_remembered(measure):
    assert measure.request in [preset.request for preset in PRESETS]
    assert measure.read(Trace()) == ""


def test_the_numbers_of_the_claims_are_read_off_the_runs(trace_of):
    read = {name: of.read(trace_of(**of.request.model_dump())) for name, of in MEASURES.items()}
    assert read["stop-gradient-keeps-the-encoder"] == "φ = 1.00000, θ = 0.80623; φ = 0.61270, θ = 0.00001"
    assert read["eigenspaces-align"].endswith("° → 0.000°")
    assert read["weight-decay-has-a-bound"] == "0 / 12; η < 0.2083"


def test_the_panel_stands_in_the_collapse_tab():
    assert (VIEW.name, VIEW.panel_of, VIEW.title) == ("collapse-dynamics", "collapse", "Dynamics")
