"""The request model: bounds written once, frozen, finite."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from playground.runtime.annotations import bare, bound, is_optional, item_type, nested_model, options, shown
from playground.runtime.requests import TabRequest
from tests.fakes import CountRequest
from tests.sample_request import Optimizer, SampleRequest, Variant

FIELDS = SampleRequest.model_fields


def test_a_request_is_frozen() -> None:
    with pytest.raises(ValidationError):
        SampleRequest().length = 3  # type: ignore[misc]


def test_a_change_is_validated_again() -> None:
    assert SampleRequest().with_(length=3).length == 3
    with pytest.raises(ValidationError):
        SampleRequest().with_(length=0)


def test_requests_that_differ_in_view_fields_run_alike() -> None:
    assert CountRequest.view_fields() == {"loud"}
    assert CountRequest(loud=True).runs_like(CountRequest())
    assert not CountRequest(length=3).runs_like(CountRequest())
    assert not SampleRequest().runs_like(CountRequest())


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_numbers_are_finite(value: float) -> None:
    with pytest.raises(ValidationError):
        SampleRequest(top=value)


def test_unknown_names_are_refused() -> None:
    with pytest.raises(ValidationError):
        SampleRequest.model_validate({"unknown": 1})


def test_a_bare_request_needs_no_model_and_no_accelerator() -> None:
    request = SampleRequest()
    assert (request.models(), request.device_need(), request.estimate()) == ((), "cpu", 1.0)


def test_a_first_version_has_nothing_to_migrate() -> None:
    assert TabRequest.migrate(0, {"a": "b"}) == {"a": "b"}


def test_a_control_keeps_how_it_is_shown() -> None:
    assert shown(FIELDS["rate"], "group") == "more"
    assert shown(FIELDS["prompt"], "lines") == 3
    assert shown(FIELDS["table"], "private")
    assert shown(FIELDS["table"], "upload")


def test_annotations_tell_items_options_parts_and_bounds() -> None:
    assert item_type(FIELDS["variants"].annotation) is Variant
    assert item_type(FIELDS["span"].annotation) is None
    assert options(item_type(FIELDS["marks"].annotation)) == ("loops", "bounds")
    assert nested_model(FIELDS["optimizer"].annotation) is Optimizer
    assert is_optional(FIELDS["seed"].annotation)
    assert bare(FIELDS["seed"].annotation) is int
    assert (bound(FIELDS["length"], "ge"), bound(FIELDS["length"], "le"), bound(FIELDS["top"], "le")) == (
        1,
        1_500,
        None,
    )


def test_a_union_of_several_types_stays_as_it_is() -> None:
    assert bare(int | str | None) == int | str | None
