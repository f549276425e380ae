"""What a request field's type annotation says: its items, options, nested model and bounds."""

from __future__ import annotations

import types
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from playground.runtime.requests import FrozenModel


def is_optional(annotation: Any) -> bool:
    """Whether None is among the values."""
    return get_origin(annotation) in (Union, types.UnionType) and type(None) in get_args(annotation)


def bare(annotation: Any) -> Any:
    """The type without `Annotated` and without `| None`; a wider union stays as it is."""
    if get_origin(annotation) is Annotated:
        return bare(get_args(annotation)[0])
    if is_optional(annotation):
        others = [option for option in get_args(annotation) if option is not type(None)]
        return bare(others[0]) if len(others) == 1 else annotation
    return annotation


def item_type(annotation: Any) -> Any | None:
    """X for `tuple[X, ...]`, None for everything else."""
    annotation = bare(annotation)
    arguments = get_args(annotation)
    return arguments[0] if get_origin(annotation) is tuple and arguments[1:] == (...,) else None


def options(annotation: Any) -> tuple[Any, ...]:
    """The values of a `Literal`, none for everything else."""
    annotation = bare(annotation)
    return get_args(annotation) if get_origin(annotation) is Literal else ()


def nested_model(annotation: Any) -> type[FrozenModel] | None:
    """The request part that a field holds, None for everything else."""
    annotation = bare(annotation)
    return annotation if isinstance(annotation, type) and issubclass(annotation, FrozenModel) else None


def bound(field: FieldInfo, name: str) -> Any:
    """One of pydantic's bounds of a field: ge, gt, le, lt, min_length or max_length; None without."""
    return next((getattr(mark, name) for mark in field.metadata if hasattr(mark, name)), None)


def shown(field: FieldInfo, name: str) -> Any:
    """One of the display settings that :func:`playground.runtime.requests.control` stored."""
    extra = field.json_schema_extra
    return extra.get(name) if isinstance(extra, dict) else None
