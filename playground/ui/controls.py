"""Controls from request fields: what a field declares is what its control shows, bounds and enforces.

The browser's bounds are a courtesy; whatever arrives goes through :func:`from_values`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import gradio as gr
from gradio.components import Component
from pydantic.fields import FieldInfo

from playground.runtime.annotations import bare, bound, item_type, options, shown
from playground.runtime.requests import Group, TabRequest
from playground.runtime.settings import REPOSITORY
from playground.runtime.validation import validate
from playground.ui.drawing import drawing_control
from playground.ui.sketch import sketch_control
from playground.ui.translations import in_every_language
from playground.ui.translations import translate as translated
from playground.ui.uploads import upload_control

Request = TypeVar("Request", bound=TabRequest)
Choices = Sequence[tuple[str, str]]  # title, id
Translate = Callable[[str], Any]

MOST_RADIOS = 5  # options that are shown side by side; more fold into a menu
LIMITED = "limited-text"  # class of text boxes that stop at their bound
UPLOADABLE = "uploadable-text"  # and of those that a file may replace
FULL = "At most {n} characters."
FULL_UPLOAD = "Longer than {n} characters: upload it as a file."


def control_names(request_type: type[TabRequest], group: Group | None = None) -> tuple[str, ...]:
    """Fields that have a control, in the order they are shown: main ones, then those under More."""
    groups: tuple[Group, ...] = (group,) if group else ("main", "more")
    return tuple(
        name
        for shown_in in groups
        for name, field in request_type.model_fields.items()
        if shown(field, "group") == shown_in and shown(field, "widget") != "none"
    )


def view_names(request_type: type[TabRequest]) -> tuple[str, ...]:
    """Those of the controls that change only how a run is drawn."""
    return tuple(name for name in control_names(request_type) if name in request_type.view_fields())


def controls_for(
    request_type: type[TabRequest],
    *,
    group: Group | None = None,
    model_choices: Choices = (),
    translate: Translate = str,
) -> dict[str, Component]:
    """The controls of a group, or of all, made in the current gradio block and set to the defaults.

    Each bears the class `field-<name>`, so that a style sheet can hide what a choice does not use.
    """
    fields, made = request_type.model_fields, {}
    for name in control_names(request_type, group):
        made[name] = for_field(fields[name], model_choices=model_choices, translate=translate)
        made[name].elem_classes = [*(made[name].elem_classes or ()), f"field-{name}"]
    return made


def for_field(field: FieldInfo, *, model_choices: Choices = (), translate: Translate = str) -> Component:
    """The control of one field, labelled with its title and explained by its help."""
    texts = {"label": translate(field.title or ""), "info": translate(field.description or ""), "interactive": True}
    widget = shown(field, "widget")
    if widget == "model":
        return _model(field, model_choices, **texts)
    make: Callable[..., Component] = _WIDGETS[widget]
    return make(field, **texts)


def to_values(request: TabRequest, group: Group | None = None) -> list[Any]:
    """What the controls show for a request, in the order of :func:`control_names`."""
    values = (getattr(request, name) for name in control_names(type(request), group))
    return [list(value) if isinstance(value, tuple) else value for value in values]


def from_values(request_type: type[Request], values: Sequence[Any], base: TabRequest | None = None) -> Request:
    """The request that the controls show; fields without a control come from `base`. InvalidRequest if refused."""
    kept = {} if base is None else {name: getattr(base, name) for name in type(base).model_fields}
    return validate(request_type, kept | dict(zip(control_names(request_type), values, strict=True)))


def limit_script() -> str:
    """A script for the page's head: a full text box says so, with the sentence that {n} completes."""
    sentences = in_every_language(
        lambda language: {"limit": translated(language, FULL), "upload": translated(language, FULL_UPLOAD)}
    )
    script = (REPOSITORY / "assets" / "limits.js").read_text("utf-8")
    return f"<script>{script.replace('SENTENCES', json.dumps(sentences))}</script>"


def _model(field: FieldInfo, choices: Choices, **texts: Any) -> Component:
    # A default that cannot be had here is still shown: running it says why.
    several = item_type(field.annotation) is not None
    defaults = list(field.default) if several else [field.default]
    missing = [(id, id) for id in defaults if id not in {offered for _, offered in choices}]
    value = defaults if several else field.default
    most = bound(field, "max_length") if several else None
    return gr.Dropdown([*missing, *choices], value=value, multiselect=several, max_choices=most, **texts)


def _text(field: FieldInfo, **texts: Any) -> Component:
    lines = shown(field, "lines")
    limit = bound(field, "max_length")
    classes = [LIMITED] if limit is not None else []
    classes += [UPLOADABLE] if shown(field, "upload") else []
    return gr.Textbox(
        field.default, lines=lines, max_lines=max(lines, 12), max_length=limit, elem_classes=classes, **texts
    )


def _slider(field: FieldInfo, **texts: Any) -> Component:
    step = shown(field, "step") or (1 if bare(field.annotation) is int else 0.01)
    return gr.Slider(bound(field, "ge"), bound(field, "le"), field.default, step=step, **texts)


def _number(field: FieldInfo, **texts: Any) -> Component:
    # Without the bounds: gradio would refuse a number beyond them by itself, in English and over the status line.
    whole = bare(field.annotation) is int
    step = shown(field, "step") or (1 if whole else 0.01)
    return gr.Number(field.default, precision=0 if whole else None, step=step, **texts)


def _choice(field: FieldInfo, **texts: Any) -> Component:
    choices = list(options(field.annotation) or shown(field, "choices"))
    kind = gr.Radio if len(choices) <= MOST_RADIOS else gr.Dropdown
    return kind(choices, value=field.default, **texts)


def _choices(field: FieldInfo, **texts: Any) -> Component:
    known = options(item_type(field.annotation))
    if known:
        return gr.CheckboxGroup(list(known), value=list(field.default), **texts)
    return gr.Dropdown(
        shown(field, "choices"),
        value=list(field.default),
        multiselect=True,
        allow_custom_value=True,
        max_choices=bound(field, "max_length"),
        **texts,
    )


def _switch(field: FieldInfo, **texts: Any) -> Component:
    return gr.Checkbox(field.default, **texts)


_WIDGETS: dict[str, Callable[..., Component]] = {
    "text": _text,
    "slider": _slider,
    "number": _number,
    "choice": _choice,
    "choices": _choices,
    "switch": _switch,
    "file": upload_control,
    "drawing": drawing_control,
    "sketch": sketch_control,
}
