import contextlib
import io
import re

import pytest

from playground.tabs.decoding.why.request import WhyRequest
from playground.tabs.decoding.why.tab import MEASURES, PRESETS, VIEW
from playground.tabs.decoding.why.trace import Trace
from playground.ui.claims import load_claims
from playground.ui.theme import ASSETS

SNIPPETS = (
    (WhyRequest(repeats=2), 2),
    (WhyRequest(exhibit="bigram"), 3),
    (WhyRequest(exhibit="bigram", truncation="nucleus"), 3),
    (WhyRequest(exhibit="bound"), 1),
)


@pytest.mark.parametrize(("request_", "lines"), SNIPPETS)
def test_the_snippet_runs_as_it_is_shown(request_, lines):
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(VIEW.snippet(request_), {})
    assert len(printed.getvalue().splitlines()) == lines


def test_the_snippet_survives_a_sentence_with_quotes_and_braces():
    compile(VIEW.snippet(WhyRequest(sentence="\"'{x}'\"\n\\")), "snippet", "exec")


def test_the_snippet_of_another_model_loads_it_by_its_own_name():
    assert "AutoModelForCausalLM.from_pretrained('gpt2'" in VIEW.snippet(WhyRequest(probed=("hub/gpt2",)))


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.title)
def test_every_preset_runs_on_embedded_models_alone(preset):
    assert all(model.startswith("zoo/") for model in preset.request.models())


def test_a_run_has_one_value_for_each_output():
    assert len(VIEW.draw(Trace(), WhyRequest(), "en")) == 3


def test_the_style_sheet_hides_controls_that_exist():
    rules = (ASSETS / "whybox.css").read_text("utf-8").splitlines()
    own = [rule for rule in rules if re.search(r'value="(repetition|bigram|bound|top-k|nucleus)"', rule)]
    hidden = {name for rule in own for name in re.findall(r"\.field-(\w+)", rule)}
    assert hidden == set(WhyRequest.model_fields)


def test_downloads_are_a_json_and_a_csv_file():
    files = VIEW.download(Trace(), WhyRequest(exhibit="bound"))
    assert list(files) == ["bound.json", "bound.csv"]


def test_every_claim_that_can_be_measured_again_has_a_request():
    claims = load_claims(VIEW.folder / "claims.yaml")
    assert {claim.id for claim in claims if claim.measurable} == set(MEASURES)


@pytest.mark.parametrize("measure", MEASURES.values(), ids=MEASURES)
def test_a_claim_is_measured_by_a_preset_so_that_it_is_remembered(measure):
    assert measure.request in [preset.request for preset in PRESETS]
    assert measure.read(Trace()) == ""


def test_the_growth_is_read_off_the_sentences_and_not_the_controls(trace_of):
    read = MEASURES["sentence-reinforces-itself"].read(trace_of())
    assert [part.split(":")[0] for part in read.split("; ")] == ["tiny-vanilla", "tiny-st", "tiny-nmst"]


def test_greedy_is_read_as_infinite(trace_of):
    read = MEASURES["greedy-repeats-most"].read(trace_of(exhibit="bigram"))
    assert read.startswith("k = 1: ∞; k = 2: 7.8")


def test_the_latest_stop_is_read_off_the_epsilon_asked_for(trace_of):
    assert MEASURES["small-epsilon-bites-late"].read(trace_of(exhibit="bound", epsilon=0.0001)) == "6,932"
