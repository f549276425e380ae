import contextlib
import io

import pytest

from playground.tabs.decoding.request import DecodingRequest
from playground.tabs.decoding.tab import VIEW
from playground.tabs.decoding.trace import Trace
from playground.ui.claims import load_claims


@pytest.mark.parametrize("decoder", ["consistent-nucleus-0.2", "consistent-top-k-4", "floor-0.01", "greedy"])
def test_the_snippet_runs_as_it_is_shown(decoder):
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(VIEW.snippet(DecodingRequest(decoders=(decoder,), length=5)), {})
    assert "The old man went down to the sea and" in printed.getvalue()


def test_the_snippet_survives_a_prompt_with_quotes_and_braces():
    compile(VIEW.snippet(DecodingRequest(prompt="\"'{x}'\"\n\\")), "snippet", "exec")


def test_the_snippet_of_another_model_loads_it_by_its_own_name():
    snippet = VIEW.snippet(DecodingRequest(model="hub/gpt2", decoders=("greedy",)))
    assert "AutoModelForCausalLM.from_pretrained('gpt2'" in snippet


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
