import contextlib
import io

import pytest
from pydantic import ValidationError

from playground.tabs.matching.train.request import MatchingTrainRequest
from playground.tabs.matching.train.tab import MEASURES, PRESETS, VIEW
from playground.tabs.matching.train.view import View
from playground.ui.claims import load_claims
from playground.ui.tab_view import Click


@pytest.mark.usefixtures("little_data")
def test_the_snippet_runs_as_it_is_shown():
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(VIEW.snippet(MatchingTrainRequest(losses=("softmax", "angle"), steps=2, batch=16)), {})
    assert [line.split()[0] for line in printed.getvalue().splitlines()] == ["softmax", "angle"]


def test_the_snippet_of_lora_leases_the_encoder():
    assert 'lease("packaged/all-minilm-l6-v2")' in VIEW.snippet(MatchingTrainRequest(trained="lora"))


def test_the_first_preset_is_the_default():
    assert PRESETS[0].request == MatchingTrainRequest()
    assert len({preset.title for preset in PRESETS}) == len(PRESETS) == 4


@pytest.mark.parametrize("losses", [(), ("cosent",), ("cosent", "cosent"), ("cosent", "triplet")])
def test_fewer_than_two_losses_or_unknown_ones_are_refused(losses):
    with pytest.raises(ValidationError):
        MatchingTrainRequest(losses=losses)


def test_losses_come_once_and_in_the_order_of_the_colours():
    assert MatchingTrainRequest(losses=("angle", "softmax", "angle")).losses == ("softmax", "angle")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_run_has_one_value_for_each_output(run, language):
    view, request = run
    assert len(VIEW.draw(None, request, language)) == len(VIEW.draw(view, request, language)) == 8
    assert len(VIEW.sketch(view, request, language)) == 8


def test_lora_takes_the_encoder_and_smaller_batches():
    request = MatchingTrainRequest(trained="lora")
    assert (request.models(), request.pairs_a_step()) == (("packaged/all-minilm-l6-v2",), 8)
    assert (MatchingTrainRequest().models(), MatchingTrainRequest().pairs_a_step()) == ((), 64)


def test_more_is_trained_and_measured_takes_longer():
    usual = MatchingTrainRequest()
    for more in ({"losses": ("cos-1", "cos-2", "angle")}, {"steps": 600}, {"batch": 256}, {"trained": "lora"}):
        assert usual.with_(**more).estimate() > usual.estimate()


def test_play_goes_on_from_where_the_run_stands():
    request = MatchingTrainRequest(steps=150)
    assert VIEW.act(request, Click({"act": "play"}, MatchingTrainRequest, 150)).steps == 330


def test_downloads_are_a_json_and_a_csv_file(run):
    assert list(VIEW.download(*run)) == ["matching-train.json", "matching-train.csv"]


def test_every_claim_that_can_be_measured_again_has_a_request():
    claims = load_claims(VIEW.folder / "claims.yaml")
    assert {claim.id for claim in claims if claim.measurable} == set(MEASURES)


@pytest.mark.parametrize("measure", MEASURES.values(), ids=MEASURES)
def test_a_claim_is_read_off_the_end_of_a_run(run, measure):
    view, _ = run
    assert measure.read(view).startswith("cosine-mse ")
    assert measure.read(View()) == ""


def test_the_panel_stands_in_the_matching_tab():
    assert (VIEW.name, VIEW.panel_of, VIEW.title) == ("matching-train", "matching", "Train")
