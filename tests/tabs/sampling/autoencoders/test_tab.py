import contextlib
import io

import pytest
from pydantic import ValidationError

from playground.tabs.sampling.autoencoders.request import TREATMENTS, AutoencodersRequest
from playground.tabs.sampling.autoencoders.tab import MEASURES, PRESETS, VIEW
from playground.tabs.sampling.autoencoders.view import View
from playground.ui.claims import load_claims
from playground.ui.tab_view import Click


def test_the_snippet_runs_as_it_is_shown():
    printed = io.StringIO()
    request = AutoencodersRequest(treatments=("ae", "eae"), steps=2, batch=16, entropy_weight=0.5)
    with contextlib.redirect_stdout(printed):
        exec(VIEW.snippet(request), {})
    assert printed.getvalue().count("torch.Size([4, 1, 8, 8])") == 2


def test_the_first_preset_is_the_default():
    assert PRESETS[0].request == AutoencodersRequest()
    assert len({preset.title for preset in PRESETS}) == len(PRESETS) == 5


def test_treatments_come_once_and_in_the_order_of_the_cards():
    assert AutoencodersRequest(treatments=("eae", "ae", "eae")).treatments == ("ae", "eae")
    with pytest.raises(ValidationError):
        AutoencodersRequest(treatments=())


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_run_has_one_value_for_each_output(run, language):
    view, request = run
    assert len(VIEW.draw(None, request, language)) == len(VIEW.draw(view, request, language)) == 7
    assert len(VIEW.sketch(view, request, language)) == 7


def test_more_is_trained_and_measured_takes_longer():
    usual = AutoencodersRequest()
    for more in ({"treatments": TREATMENTS}, {"steps": 600}, {"batch": 256}, {"body": "conv"}, {"every": 10}):
        assert usual.with_(**more).estimate() > usual.estimate()


def test_play_and_step_go_on_from_where_the_run_stands():
    request = AutoencodersRequest(steps=150)
    play, step = (
        VIEW.act(request, Click(data, AutoencodersRequest, 150))
        for data in ({"act": "play"}, {"act": "step", "steps": 10})
    )
    assert (play.steps, step.steps) == (550, 160)


def test_downloads_are_a_json_and_a_csv_file(run):
    assert list(VIEW.download(*run)) == ["autoencoders.json", "autoencoders.csv"]


def test_every_claim_that_can_be_measured_again_has_a_request():
    claims = load_claims(VIEW.folder / "claims.yaml")
    assert {claim.id for claim in claims if claim.measurable} == set(MEASURES)


@pytest.mark.parametrize("measure", MEASURES.values(), ids=MEASURES)
def test_a_claim_is_read_off_the_end_of_a_run(run, measure):
    view, _ = run
    normal, _, mixture = view.frames[-1].frechet[0].tolist()
    assert measure.read(view).startswith(f"ae {normal:.2f} / {mixture:.2f}; aebn ")
    assert measure.read(View()) == ""


def test_the_panel_stands_in_the_sampling_tab():
    assert (VIEW.name, VIEW.panel_of, VIEW.title) == ("sampling-autoencoders", "sampling", "AE → EAE")


def test_larger_pictures_are_measured_half_as_often():
    assert AutoencodersRequest(every=30).interval() == 30
    assert AutoencodersRequest(every=30, data="pixel-art").interval() == 60
