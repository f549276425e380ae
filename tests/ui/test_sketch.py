"""The sketch control: its value is the field's text, in both languages, and whatever the browser sends is checked."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from playground.runtime.errors import InvalidRequest
from playground.runtime.links import decode, encode
from playground.runtime.requests import TabRequest, control
from playground.runtime.sketches import LONGEST, PALETTE, PATTERN
from playground.ui.controls import controls_for, from_values, to_values
from playground.ui.history import run_title
from playground.ui.sketch import Sketch


class SketchedRequest(TabRequest):
    """A drawing."""

    tab: ClassVar[str] = "sketched"

    drawn: str = control("", title="Your drawing", help="Draw.", widget="sketch", pattern=PATTERN, max_length=LONGEST)


def sketch() -> Sketch:
    made = controls_for(SketchedRequest)["drawn"]
    assert isinstance(made, Sketch)
    return made


@pytest.mark.parametrize("drawn", ["", "b12a9", "ab" * 512])
def test_what_the_control_holds_makes_the_request_again_and_travels_in_the_link(drawn: str) -> None:
    asked = SketchedRequest(drawn=drawn)
    (shown,) = to_values(asked)
    assert from_values(SketchedRequest, [sketch().preprocess(sketch().postprocess(shown))]) == asked
    assert decode(encode(asked), {"sketched": SketchedRequest}).request == asked
    assert len(encode(asked)) < 6_000


@pytest.mark.parametrize("value", [3, ["b"], {"value": "b"}, "q", "b12345", "<b>", "b" * 1025, "b\n"])
def test_whatever_else_the_browser_sends_is_refused_with_a_sentence(value: Any) -> None:
    with pytest.raises(InvalidRequest, match="Your drawing"):
        from_values(SketchedRequest, [sketch().preprocess(value)])


def test_the_control_speaks_both_languages() -> None:
    words = sketch().props["words"]
    assert words["en"]["brushes"] == ["Fine", "Medium", "Broad", "Fill"]
    assert words["zh"]["brushes"] == ["细", "中", "粗", "填充"]
    assert len(set(words["en"]["colours"])) == len(set(words["zh"]["colours"])) == len(PALETTE)
    assert words["en"].keys() == words["zh"].keys()


def test_the_control_has_the_palette_and_the_fields_class() -> None:
    assert sketch().props["colours"] == list(PALETTE.values())
    assert sketch().elem_classes == ["field-drawn"]
    assert sketch().api_info() == {"type": "string"}


def test_a_past_drawing_is_called_by_its_title() -> None:
    assert run_title(SketchedRequest(drawn="b9"), (), "en") == "Your drawing"
