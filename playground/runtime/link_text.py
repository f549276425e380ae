"""One value of a link <-> text: short exact numbers, on and off, values side by side, JSON for the rest."""

from __future__ import annotations

import json
import re
from typing import Any, get_args, get_origin

from pydantic_core import to_jsonable_python

from playground.runtime.annotations import bare, is_optional, options

NOTHING = "none"  # the text of a value that is missing
_SCALARS = (bool, int, float, str)


def write_text(value: Any, annotation: Any) -> str:
    r"""A value as text.

    >>> write_text(("a,b", "c"), tuple[str, ...]), write_text(None, int | None), write_text(4.0, float)
    ('a\\,b,c', 'none', '4')
    """
    if is_optional(annotation):
        if value is None:
            return NOTHING
        text = write_text(value, bare(annotation))
        return "\\" + text if text == NOTHING or text.startswith("\\") else text
    if _item_types(annotation, 0) is not None:
        return _join([_scalar_text(item) for item in value])
    if _is_scalar(annotation):
        return _scalar_text(value)
    return json.dumps(to_jsonable_python(value), ensure_ascii=False, separators=(",", ":"))


def read_text(text: str, annotation: Any) -> Any:
    """The value of :func:`write_text` for pydantic to validate; unreadable text stays as it is, to be refused.

    >>> read_text("greedy,st", tuple[str, ...]), read_text("none", int | None)
    (['greedy', 'st'], None)
    """
    if is_optional(annotation):
        return None if text == NOTHING else read_text(text.removeprefix("\\"), bare(annotation))
    items = _split(text)
    types = _item_types(annotation, len(items))
    if types is not None:
        return [_read_scalar(*pair) for pair in zip(items, types, strict=True)] if len(items) == len(types) else items
    if _is_scalar(annotation):
        return _read_scalar(text, annotation)
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _scalar_text(value: bool | int | float | str) -> str:
    """Text that reads back as exactly this value.

    >>> [_scalar_text(x) for x in (True, 4, 4.0, 0.7, 1e22, 1e-05, "a,b")]
    ['on', '4', '4', '0.7', '1e22', '1e-5', 'a,b']
    """
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float):
        return re.sub(r"e\+?(-?)0*", r"e\1", repr(value)).removesuffix(".0")
    return str(value)


def _read_scalar(text: str, annotation: Any) -> Any:
    """Pydantic reads numbers and switches from text itself; only options have to be recognised."""
    return next((option for option in options(annotation) if _scalar_text(option) == text), text)


def _join(items: list[str]) -> str:
    """Texts in one; a lone empty text is a lone backslash, since no text at all means no items."""
    text = ",".join(item.replace("\\", "\\\\").replace(",", "\\,") for item in items)
    return "\\" if items == [""] else text


def _split(text: str) -> list[str]:
    if not text:
        return []
    items = [""]
    for plain, escaped in re.findall(r"([^\\])|\\(.?)", text, re.DOTALL):
        if plain == ",":
            items.append("")
        else:
            items[-1] += plain or escaped
    return items


def _is_scalar(annotation: Any) -> bool:
    choices = options(annotation)
    return bare(annotation) in _SCALARS or (bool(choices) and all(isinstance(x, _SCALARS) for x in choices))


def _item_types(annotation: Any, count: int) -> list[Any] | None:
    """The types of a tuple's short values; None where it is no tuple, or its items are not short."""
    annotation = bare(annotation)
    types = list(get_args(annotation)) if get_origin(annotation) is tuple else []
    if types[1:] == [...]:
        types = types[:1] * count if _is_scalar(types[0]) else []
        return types if types or _is_scalar(get_args(annotation)[0]) else None
    return types if types and all(_is_scalar(x) for x in types) else None
