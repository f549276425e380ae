"""Everything that enters becomes a request here, or one sentence that says what to change."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from playground.runtime.annotations import bound, item_type, nested_model, options, shown
from playground.runtime.errors import InvalidRequest, PlaygroundError
from playground.runtime.requests import FrozenModel, TabRequest

Request = TypeVar("Request", bound=TabRequest)

QUOTED = 80  # characters of somebody's text that a sentence may repeat
LONGEST_REASON = 400  # characters of a validator's own sentence

BETWEEN = "{field} must be between {low} and {high}: change it and run again."
AT_LEAST = "{field} must be {low} or more: change it and run again."
AT_MOST = "{field} must be {high} or less: change it and run again."
WHOLE_NUMBER = "{field} must be a whole number: change it and run again."
NUMBER = "{field} must be a number: change it and run again."
TEXT = "{field} must be plain text: change it and run again."
LONG_TEXT = "{field} may have at most {limit} characters: shorten it and run again."
LONG_TEXT_UPLOAD = "{field} is longer than {limit} characters: upload it as a file."
SHORT_TEXT = "{field} needs at least {limit} characters: write more and run again."
FORM = "{field} is not written in the form that is needed here: choose another value and run again."
MANY = "{field} may have at most {limit} entries: remove some and run again."
FEW = "{field} needs at least {limit} entries: add some and run again."
SWITCH = "{field} must be on or off: change it and run again."
CHOICE = "{field} must be one of {choices}: choose one and run again."
LIST = "{field} must be a list: change it and run again."
MISSING = "{field} is missing: fill it in and run again."
UNKNOWN = 'There is no field named "{field}" here: leave it out and run again.'
OTHER = "{field} cannot be used as it is: change it and run again."


def validate(request_type: type[Request], values: Mapping[str, Any]) -> Request:
    """The request that these values make; InvalidRequest names the field, its bound and what to do."""
    try:
        return request_type.model_validate(dict(values))
    except ValidationError as error:
        raise explain(request_type, error) from None


def explain(request_type: type[TabRequest], error: ValidationError) -> InvalidRequest:
    """The first problem of a validation as one sentence, without pydantic's words."""
    problem = error.errors(include_url=False, include_input=False)[0]
    field, title = _locate(request_type, problem["loc"])
    reason = problem.get("ctx", {}).get("error")
    if isinstance(reason, Exception):
        return _validators_own(reason)
    sentence, values = _sentence(problem["type"], field)
    return InvalidRequest(sentence, field=title, **values)


def clip(text: object) -> str:
    """At most 80 characters of somebody's text, for use inside a sentence."""
    text = str(text)
    return text if len(text) <= QUOTED else text[: QUOTED - 1] + "…"


def number_text(value: float) -> str:
    """A number as people read it: 1,500 or 0.2."""
    return f"{value:,}" if isinstance(value, int) else f"{value:,.12g}"


def _validators_own(reason: Exception) -> InvalidRequest:
    """The sentence of a request's own validator, which may carry a PlaygroundError as its cause."""
    for error in (reason, reason.__cause__):
        if isinstance(error, PlaygroundError):
            return InvalidRequest(error.message, **error.values)
    return InvalidRequest(str(reason)[:LONGEST_REASON])


def _locate(model: type[FrozenModel], location: Sequence[str | int]) -> tuple[FieldInfo | None, str]:
    """The field at pydantic's location, and its title, such as "Variants 2, Predictor"."""
    field: FieldInfo | None = None
    titles: list[str] = []
    inside: type[FrozenModel] | None = model
    for part in location:
        if isinstance(part, int) and titles:
            titles[-1] += f" {part + 1}"
        elif inside is not None and part in inside.model_fields:
            field = inside.model_fields[str(part)]
            titles.append(field.title or str(part))
            inside = nested_model(item_type(field.annotation) or field.annotation)
        elif inside is not None:
            return None, clip(part)
    return field, ", ".join(titles) or "The request"


def _sentence(kind: str, field: FieldInfo | None) -> tuple[str, dict[str, str]]:
    """The sentence for a kind of pydantic error, and the values that fill it in besides the title."""
    if kind in ("extra_forbidden", "missing"):
        return (UNKNOWN if kind == "extra_forbidden" else MISSING), {}
    if field is None:
        return OTHER, {}
    special = _BY_KIND.get(kind)
    if special is not None:
        return special(field)
    plain = (sentence for start, sentence in _BY_START.items() if kind.startswith(start))
    return next(plain, OTHER), {}


def _range(field: FieldInfo) -> tuple[str, dict[str, str]]:
    low, high = (
        next((number_text(x) for x in (bound(field, name) for name in names) if x is not None), None)
        for names in (("ge", "gt"), ("le", "lt"))
    )
    if low is not None and high is not None:
        return BETWEEN, {"low": low, "high": high}
    if low is not None:
        return AT_LEAST, {"low": low}
    return (AT_MOST, {"high": high}) if high is not None else (OTHER, {})


def _length(sentence: str, name: str) -> Callable[[FieldInfo], tuple[str, dict[str, str]]]:
    def explained(field: FieldInfo) -> tuple[str, dict[str, str]]:
        limit = bound(field, name)
        # The bound may be that of an item, which the field does not know.
        return (sentence, {"limit": number_text(limit)}) if limit is not None else (OTHER, {})

    return explained


def _long_text(field: FieldInfo) -> tuple[str, dict[str, str]]:
    if item_type(field.annotation) is not None:
        return OTHER, {}
    return _length(LONG_TEXT_UPLOAD if shown(field, "upload") else LONG_TEXT, "max_length")(field)


def _choice(field: FieldInfo) -> tuple[str, dict[str, str]]:
    choices = options(item_type(field.annotation) or field.annotation)
    return (CHOICE, {"choices": ", ".join(map(str, choices))}) if choices else (OTHER, {})


_BY_KIND: dict[str, Callable[[FieldInfo], tuple[str, dict[str, str]]]] = {
    "greater_than_equal": _range,
    "greater_than": _range,
    "less_than_equal": _range,
    "less_than": _range,
    "string_too_long": _long_text,
    "string_too_short": _length(SHORT_TEXT, "min_length"),
    "too_long": _length(MANY, "max_length"),
    "too_short": _length(FEW, "min_length"),
    "literal_error": _choice,
    "string_pattern_mismatch": lambda field: (FORM, {}),
}
_BY_START = {
    "int_": WHOLE_NUMBER,
    "float_": NUMBER,
    "finite_": NUMBER,
    "string_": TEXT,
    "bool_": SWITCH,
    "tuple_": LIST,
}
