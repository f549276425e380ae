"""Which models a tab offers, and that it runs no others, whoever asks."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from playground.runtime.annotations import shown
from playground.runtime.errors import InvalidRequest
from playground.runtime.requests import TabRequest
from playground.runtime.settings import settings
from playground.runtime.validation import clip

if TYPE_CHECKING:
    from playground.runtime.registry import ModelEntry, Registry

NOT_OFFERED = "{model} is not offered here: choose one from the list."


def offered_models(registry: Registry, tasks: str | tuple[str, ...]) -> list[tuple[str, str]]:
    """Title and id of every usable model for a task, or for several; none of the hub's where the hub is turned off."""
    left_out = "hub" if settings().hub == "off" else None
    entries = [entry for task in ([tasks] if isinstance(tasks, str) else tasks) for entry in registry.find(task=task)]
    return [(_title(entry), entry.id) for entry in entries if entry.source != left_out]


def not_offered(asked: TabRequest, models: Collection[str]) -> list[str]:
    """The fields with a model selector whose value is none of these models."""
    fields = type(asked).model_fields.items()
    selectors = [name for name, field in fields if shown(field, "widget") == "model"]
    return [name for name in selectors if any(model not in models for model in _chosen(asked, name))]


def require_offered(asked: TabRequest, models: Collection[str]) -> None:
    """InvalidRequest if the request names a model in a selector that is none of these."""
    for name in not_offered(asked, models):
        unknown = next(model for model in _chosen(asked, name) if model not in models)
        raise InvalidRequest(NOT_OFFERED, model=clip(unknown))


def _chosen(asked: TabRequest, name: str) -> tuple[str, ...]:
    """The models that a selector names: one, or several."""
    value = getattr(asked, name)
    return value if isinstance(value, tuple) else (value,)


def _title(entry: ModelEntry) -> str:
    """Hub models are marked: where the hub is out of reach they cannot be run."""
    return f"{entry.title} (hub)" if entry.source == "hub" else entry.title
