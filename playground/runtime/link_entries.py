"""A request <-> the flat entries of its link: dotted paths for nested parts, indexed ones for tuples of parts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from playground.runtime.annotations import bare, is_optional, item_type, nested_model, shown
from playground.runtime.link_text import NOTHING, read_text, write_text
from playground.runtime.requests import FrozenModel, TabRequest

MOST_ENTRIES = 1_000  # of one tuple in a link

Values = dict[tuple[str, ...], str]  # texts by path, split at its dots
Entries = Iterator[tuple[str, str]]


def write_entries(request: TabRequest, *, private: bool) -> Entries:
    """Path and text of everything that differs from the default, without files."""
    return _write_model(request, type(request)(), "", private)


def left_out(request: TabRequest, *, private: bool) -> list[str]:
    """Names of the fields whose values :func:`write_entries` keeps back: files, and private ones."""
    fields = type(request).model_fields.items()
    return [
        name
        for name, field in fields
        if _is_kept_back(field, private) and getattr(request, name) != field.get_default(call_default_factory=True)
    ]


def read_entries(request_type: type[TabRequest], default: TabRequest, values: Values) -> dict[str, Any]:
    """Fields for pydantic to validate: the default's, overlaid with those that the values name."""
    return _read_model(request_type, default, values)


def _write_model(model: FrozenModel, default: FrozenModel | None, prefix: str, private: bool) -> Entries:
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        usual = None if default is None else getattr(default, name)
        if (default is None or value != usual) and not _is_kept_back(field, private):
            yield from _write_value(value, usual, field.annotation, prefix + name, private)


def _write_value(value: Any, usual: Any, annotation: Any, path: str, private: bool) -> Entries:
    if _is_part(annotation) and value is not None:
        yield from _write_part(value, usual, path, private)
    elif _is_parts(annotation):
        yield from _write_parts(value, usual or (), path, private)
    else:
        yield path, write_text(value, annotation)


def _write_part(part: FrozenModel, usual: FrozenModel | None, path: str, private: bool) -> Entries:
    if part.in_one_text:
        yield path, str(part)
    else:
        yield from _write_model(part, usual, path + ".", private)


def _write_parts(parts: tuple[FrozenModel, ...], usual: tuple[FrozenModel, ...], path: str, private: bool) -> Entries:
    implied = len(usual)
    for index, part in enumerate(parts):
        default = usual[index] if index < len(usual) else _default(type(part))
        for entry in _write_part(part, default, f"{path}.{index}", private) if part != default else ():
            implied = max(implied, index + 1)
            yield entry
    if implied != len(parts):
        yield path, str(len(parts))


def _read_model(model: type[FrozenModel], default: FrozenModel | None, values: Values) -> dict[str, Any]:
    data = {name: getattr(default, name) for name in model.model_fields} if default is not None else {}
    for name, inside in _by_head(values).items():
        field = model.model_fields.get(name)
        if field is not None and not _is_file(field):
            data[name] = _read_value(field.annotation, data.get(name), inside)
    return data


def _read_value(annotation: Any, default: Any, values: Values) -> Any:
    """A field's value from the texts below its path; () is the path of the field itself."""
    if _is_part(annotation):
        return _read_part(bare(annotation), default, values)
    if _is_parts(annotation):
        return _read_parts(bare(item_type(annotation)), default or (), values)
    own = values.get(())
    return default if own is None else read_text(own, annotation)


def _read_part(model: type[FrozenModel], default: FrozenModel | None, values: Values) -> Any:
    if not model.in_one_text:
        return _read_model(model, default, values)
    text = values.get((), default)
    return None if text == NOTHING else text


def _read_parts(model: type[FrozenModel], default: tuple[FrozenModel, ...], values: Values) -> list[Any]:
    inside = {int(head): below for head, below in _by_head(values).items() if _is_index(head)}
    count = values.get((), "")
    length = int(count) if _is_index(count) else max([len(default), *(index + 1 for index in inside)])
    parts: list[Any] = []
    for index in range(length):
        usual = default[index] if index < len(default) else _default(model)
        parts.append(_read_part(model, usual, inside[index]) if index in inside else usual)
    return parts


def _by_head(values: Values) -> dict[str, Values]:
    """The values below each first step of their paths."""
    heads: dict[str, Values] = {}
    for path, text in values.items():
        if path:
            heads.setdefault(path[0], {})[path[1:]] = text
    return heads


def _is_index(text: str) -> bool:
    return re.fullmatch("0|[1-9][0-9]{0,3}", text) is not None and int(text) <= MOST_ENTRIES


def _is_kept_back(field: FieldInfo, private: bool) -> bool:
    return _is_file(field) or (not private and bool(shown(field, "private")))


def _is_file(field: FieldInfo) -> bool:
    model = nested_model(item_type(field.annotation) or field.annotation)
    return model is not None and model.is_file


def _is_part(annotation: Any) -> bool:
    """Whether the field holds a part with a path of its own; one that may be missing has to fit one text."""
    model = nested_model(annotation)
    return model is not None and (model.in_one_text or not is_optional(annotation))


def _is_parts(annotation: Any) -> bool:
    return nested_model(item_type(annotation)) is not None and not is_optional(annotation)


def _default(model: type[FrozenModel]) -> FrozenModel | None:
    """A part with all its defaults, None where it has fields without."""
    try:
        return model()
    except ValidationError:
        return None
