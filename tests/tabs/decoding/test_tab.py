import pytest

from playground.tabs.decoding.request import DecodingRequest
from playground.tabs.decoding.tab import VIEW
from playground.tabs.decoding.trace import Trace
from playground.ui.claims import load_claims


@pytest.mark.parametrize("preset", VIEW.presets, ids=lambda preset: preset.title)
def test_every_preset_runs_on_embedded_models_alone(preset):
    assert all(model.startswith("zoo/") for model in preset.request.models())


def test_a_run_has_one_value_for_each_output():
    outputs = VIEW.outputs()
    assert len(VIEW.draw(Trace(), DecodingRequest(), "en")) == len(outputs)
    assert len(VIEW.sketch(Trace(), DecodingRequest(), "en")) == len(outputs)


def test_downloads_are_a_json_and_a_csv_file():
    files = VIEW.download(Trace(), DecodingRequest())
    assert [name.rpartition(".")[2] for name in files] == ["json", "csv"]


def test_every_claim_that_can_be_measured_again_has_a_request():
    claims = load_claims(VIEW.folder / "claims.yaml")
    assert {claim.id for claim in claims if claim.measurable} == set(VIEW.measures)
