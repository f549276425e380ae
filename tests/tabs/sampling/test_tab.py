import json
import re

import pytest

from playground.tabs.sampling.presets import PRESETS
from playground.tabs.sampling.request import SamplingRequest
from playground.tabs.sampling.tab import MEASURES, VIEW
from playground.tabs.sampling.view import View
from playground.ui.claims import load_claims


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_run_has_one_value_for_each_output(view_of, language):
    for view in (None, View(), view_of(pictures=1)):
        assert len(VIEW.draw(view, SamplingRequest(), language)) == len(VIEW.outputs())


def test_the_first_preset_is_the_default():
    assert PRESETS[0].request == SamplingRequest()
    assert len({preset.title for preset in PRESETS}) == len(PRESETS)


def test_what_run_keeps_are_the_fields_without_a_control():
    shown = {name: field.json_schema_extra["widget"] for name, field in SamplingRequest.model_fields.items()}
    assert set(VIEW.keeps) == {name for name, widget in shown.items() if widget == "none"}


def test_a_run_can_be_taken_away(view_of):
    files = VIEW.download(view_of(pictures=2), SamplingRequest(pictures=2))
    assert tuple("." + name.rpartition(".")[2] for name in files) == VIEW.downloads
    assert files["sampling.gif"]().startswith(b"GIF8")
    assert files["sampling.png"]().startswith(b"\x89PNG")


def test_the_answer_is_plain_json(view_of):
    assert len(json.loads(json.dumps(VIEW.answer(view_of(pictures=2))))["pictures"]) == 2


def test_every_claim_that_can_be_measured_again_has_a_request():
    claims = load_claims(VIEW.folder / "claims.yaml")
    assert {claim.id for claim in claims if claim.measurable} == set(MEASURES)


def test_how_far_re_adjustment_changes_pixels_is_read_off_the_run(view_of):
    measure = MEASURES["batch-norm-re-adjustment"]
    view = view_of(**dict(measure.request))
    trained, readjusted = (view.images(variant, 0).astype(float) for variant in (0, 1))
    found = re.search(r"([\d.]+) of 255", measure.read(view))
    assert float(found[1]) == pytest.approx(abs(trained - readjusted).mean(), abs=0.05)
    assert measure.request in [preset.request for preset in PRESETS]


def test_both_notes_have_the_same_sections_and_formulas():
    english, chinese = ((VIEW.folder / f"notes.{language}.md").read_text("utf-8") for language in ("en", "zh"))
    assert english.count("### ") == chinese.count("### ")
    assert re.findall(r"\$\$(.*?)\$\$", english, re.DOTALL) == re.findall(r"\$\$(.*?)\$\$", chinese, re.DOTALL)
