"""Hypothesis strategies built from what request fields declare: types, bounds, suggestions."""

from __future__ import annotations

from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt, MaxLen, MinLen
from hypothesis import assume
from hypothesis import strategies as st
from pydantic import StringConstraints, ValidationError
from pydantic.fields import FieldInfo

from playground.runtime.annotations import bare, is_optional, nested_model, shown
from playground.runtime.requests import FrozenModel

HOSTILE_TEXTS = (
    "",
    " ",
    "none",
    "on",
    "\\",
    "\\none",
    "a,b\\,c",
    ",",
    "a&b=c#d?e;f+g%20h",
    "<script>alert(1)</script>",
    "{field} %s ${x} {{y}}",
    "</s> [MASK] <bos>",
    "नमस्ते \u202eright-to-left\u202c",
    "👩‍👩‍👧 é é",
    "\x00\x07\x7f",
    "line\r\nbreak\ttab\u2028",
    "1e999",
    "NaN",
)

Marks = dict[str, Any]


def texts(longest: int | None = None, shortest: int | None = None) -> st.SearchStrategy[str]:
    """Any text without lone surrogates, hostile ones often."""
    most = 40 if longest is None else min(longest, 40)
    least = shortest or 0
    fitting = [text for text in HOSTILE_TEXTS if least <= len(text) <= most]
    anything = st.text(min_size=least, max_size=most)
    return st.sampled_from(fitting) | anything if fitting else anything


def requests_of(model: type[FrozenModel], /, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Valid requests of a model; `fields` replaces the strategies of fields whose validators want more."""
    parts = {name: fields[name] if name in fields else _field(field) for name, field in model.model_fields.items()}

    @st.composite
    def build(draw: st.DrawFn) -> FrozenModel:
        kept = draw(st.sets(st.sampled_from(list(parts)))) if parts else set()
        required = {name for name, field in model.model_fields.items() if field.is_required()}
        try:
            return model.model_validate({name: draw(parts[name]) for name in parts if name in kept | required})
        except ValidationError:
            assume(False)
            raise

    return build()


def _field(field: FieldInfo) -> st.SearchStrategy[Any]:
    suggestions = shown(field, "choices")
    item = st.sampled_from(suggestions) if suggestions else None
    return _values(field.annotation, _marks(field.metadata), item)


def _marks(metadata: Any) -> Marks:
    marks: Marks = {}
    for mark in metadata:
        if isinstance(mark, FieldInfo):
            marks |= _marks(mark.metadata)
        elif isinstance(mark, StringConstraints):
            marks |= {"max_length": mark.max_length, "min_length": mark.min_length}
        if getattr(mark, "pattern", None):
            marks["pattern"] = mark.pattern
        for kind, name in (
            (Ge, "ge"),
            (Gt, "gt"),
            (Le, "le"),
            (Lt, "lt"),
            (MaxLen, "max_length"),
            (MinLen, "min_length"),
        ):
            if isinstance(mark, kind):
                marks[name] = getattr(mark, name)
    return marks


def _values(annotation: Any, marks: Marks, item: st.SearchStrategy[Any] | None = None) -> st.SearchStrategy[Any]:
    if hasattr(annotation, "__metadata__"):
        return _values(get_args(annotation)[0], marks | _marks(annotation.__metadata__), item)
    if is_optional(annotation):
        return st.none() | _values(bare(annotation), marks, item)
    if nested_model(annotation) is not None:
        return requests_of(annotation)
    if get_origin(annotation) is tuple:
        return _tuples(get_args(annotation), marks, item)
    if get_origin(annotation) is Literal:
        return st.sampled_from(get_args(annotation))
    return _scalars(annotation, marks)


def _tuples(arguments: tuple[Any, ...], marks: Marks, item: st.SearchStrategy[Any] | None) -> st.SearchStrategy[Any]:
    if arguments[1:] != (...,):
        return st.tuples(*(_values(argument, {}) for argument in arguments))
    least, most = marks.get("min_length") or 0, min(marks.get("max_length") or 5, 5)
    return st.lists(_values(arguments[0], {}) if item is None else item, min_size=least, max_size=most).map(tuple)


def _scalars(annotation: Any, marks: Marks) -> st.SearchStrategy[Any]:
    low, high = marks.get("ge", marks.get("gt")), marks.get("le", marks.get("lt"))
    if annotation is bool:
        return st.booleans()
    if annotation is int:
        return st.integers(
            low + ("gt" in marks) if low is not None else None, high - ("lt" in marks) if high is not None else None
        )
    if annotation is float:
        open_ends = {"exclude_min": "gt" in marks, "exclude_max": "lt" in marks}
        return st.floats(low, high, allow_nan=False, allow_infinity=False, **open_ends)
    if annotation is str and "pattern" in marks:
        return st.from_regex(marks["pattern"], fullmatch=True)
    if annotation is str:
        return texts(marks.get("max_length"), marks.get("min_length"))
    raise TypeError(f"no strategy for {annotation}")
