"""Controls show exactly what their fields declare, and what they hold makes the request again."""

from __future__ import annotations

import gradio as gr
import pytest
from hypothesis import given

from playground.runtime.errors import InvalidRequest
from playground.ui.controls import control_names, controls_for, for_field, from_values, limit_script, to_values
from tests.sample_request import Optimizer, SampleRequest
from tests.strategies import requests_of

MODELS = [("Tiny", "zoo/tiny"), ("Other", "zoo/other")]
CONTROLS = controls_for(SampleRequest, model_choices=MODELS)


def test_main_controls_come_first_in_field_order() -> None:
    main = ("prompt", "table", "model", "decoders", "marks", "length", "size", "count")
    assert control_names(SampleRequest, "main") == main
    assert tuple(CONTROLS) == (*main, "rate", "top", "seed", "stop")


def test_a_group_can_be_made_alone() -> None:
    assert tuple(controls_for(SampleRequest, group="more")) == ("rate", "top", "seed", "stop")


def test_a_slider_has_the_bounds_of_its_field() -> None:
    slider = CONTROLS["length"]
    assert isinstance(slider, gr.Slider)
    assert (slider.minimum, slider.maximum, slider.step, slider.value) == (1, 1_500, 1, 128)


def test_a_number_has_the_precision_of_its_field_and_leaves_its_bounds_to_the_request() -> None:
    seed, top = CONTROLS["seed"], CONTROLS["top"]
    assert isinstance(seed, gr.Number)
    assert isinstance(top, gr.Number)
    assert (seed.minimum, seed.maximum, seed.precision) == (None, None, 0)
    assert top.precision is None


def test_a_text_box_stops_at_its_bound() -> None:
    prompt = CONTROLS["prompt"]
    assert isinstance(prompt, gr.Textbox)
    assert (prompt.max_length, prompt.lines, prompt.elem_classes) == (100, 3, ["limited-text", "field-prompt"])


def test_a_text_box_that_a_file_may_replace_is_marked() -> None:
    assert CONTROLS["table"].elem_classes == ["limited-text", "uploadable-text", "field-table"]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("size", gr.Radio),
        ("count", gr.Dropdown),
        ("marks", gr.CheckboxGroup),
        ("decoders", gr.Dropdown),
        ("model", gr.Dropdown),
        ("stop", gr.Checkbox),
    ],
)
def test_a_field_has_the_control_that_its_type_asks_for(name: str, kind: type) -> None:
    assert type(CONTROLS[name]) is kind


def test_suggestions_do_not_bind() -> None:
    decoders = CONTROLS["decoders"]
    assert isinstance(decoders, gr.Dropdown)
    assert (decoders.multiselect, decoders.allow_custom_value, decoders.max_choices) == (True, True, 4)


def test_models_are_those_at_hand() -> None:
    model = CONTROLS["model"]
    assert isinstance(model, gr.Dropdown)
    assert model.choices == MODELS


def test_a_default_model_that_is_not_at_hand_is_still_shown() -> None:
    control = for_field(SampleRequest.model_fields["model"], model_choices=[("Other", "zoo/other")])
    assert isinstance(control, gr.Dropdown)
    assert control.choices == [("zoo/tiny", "zoo/tiny"), ("Other", "zoo/other")]


def test_labels_and_help_are_translated() -> None:
    control = for_field(SampleRequest.model_fields["length"], translate=str.upper)
    assert (control.label, control.info) == ("LENGTH LIMIT", "MOST TOKENS.")


def test_controls_start_at_the_defaults() -> None:
    request = SampleRequest()
    assert [control.value for control in CONTROLS.values()] == to_values(request)


@given(requests_of(SampleRequest))
def test_what_the_controls_hold_makes_the_request_again(request: SampleRequest) -> None:
    assert from_values(SampleRequest, to_values(request), base=request) == request


def test_fields_without_a_control_come_from_the_base() -> None:
    base = SampleRequest(optimizer=Optimizer(rate=2))
    assert from_values(SampleRequest, to_values(SampleRequest(length=3)), base=base) == base.with_(length=3)


def test_what_the_browser_did_not_enforce_is_refused_with_a_sentence() -> None:
    values = dict(zip(control_names(SampleRequest), to_values(SampleRequest()), strict=True))
    with pytest.raises(InvalidRequest, match="Prompt may have at most 100 characters"):
        from_values(SampleRequest, list((values | {"prompt": "x" * 101}).values()))


def test_the_limit_script_speaks_both_languages() -> None:
    script = limit_script()
    assert "At most {n} characters." in script
    assert "SENTENCES" not in script
