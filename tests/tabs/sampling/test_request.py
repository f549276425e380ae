import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from playground.runtime.links import decode, encode
from playground.tabs.sampling.presets import PRESETS
from playground.tabs.sampling.request import FARTHEST, Move, SamplingRequest


def read_back(request):
    return decode(encode(request), {"sampling": SamplingRequest})


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.title)
def test_a_preset_goes_through_its_link(preset):
    link = read_back(preset.request)
    assert (link.request, link.notes) == (preset.request, ())


def test_a_picture_of_many_parts_goes_through_its_link():
    request = SamplingRequest(mode="mix", subject="0:3x1.r9:2x1.1:5", second="4:1", from_second=(0, 2), choosing="B")
    assert read_back(request).request == request


@given(amount=st.integers(-8, 8))
def test_a_move_goes_through_its_text(amount):
    move = Move(name="mouth sad to happy", amount=amount * FARTHEST / 8)
    assert Move.model_validate(str(move)) == move


@pytest.mark.parametrize("text", ["glasses", "glasses:", "glasses:9", "glasses:nan", ":1", "<b>:1", "glasses:1:2"])
def test_other_texts_are_no_moves(text):
    with pytest.raises(ValidationError):
        Move.model_validate(text)


@pytest.mark.parametrize(
    "fields",
    [
        {"temperature": 0.05},
        {"temperature": 1.25},
        {"temperature": float("nan")},
        {"pictures": 0},
        {"pictures": 65},
        {"seed": -1},
        {"group": 0},
        {"from_second": (32,)},
        {"moves": ("a:1", "b:1", "c:1", "d:1")},
        {"scale_1": 1.3},
    ],
)
def test_bounds_hold(fields):
    with pytest.raises(ValidationError):
        SamplingRequest(**fields)


def test_a_scale_without_a_temperature_of_its_own_takes_the_overall_one():
    request = SamplingRequest(temperature=0.7, scale_2=1.0)
    assert request.temperatures(3) == (0.7, 1.0, 0.7)
    assert request.temperatures(1, overall=0.4) == (0.4,)


def test_more_scales_than_there_are_sliders_take_the_overall_temperature():
    assert SamplingRequest(temperature=0.5, scale_4=1.0).temperatures(5) == (0.5, 0.5, 0.5, 1.0, 0.5)


def test_a_run_is_remembered_by_its_models_weights():
    assert SamplingRequest(model="zoo/nvae-pixelart16").models() == ("zoo/nvae-pixelart16",)


def test_what_a_click_chooses_changes_no_picture():
    assert SamplingRequest(choosing="B").runs_like(SamplingRequest())
