"""The last runs of a visit: what was asked, under a title short enough for a chip."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from pydantic.fields import FieldInfo

from playground.runtime.annotations import shown
from playground.runtime.requests import TabRequest
from playground.ui.tab_view import Preset
from playground.ui.translations import translate

KEPT = 5
LONGEST_TITLE = 36


@dataclass(frozen=True)
class PastRun:
    """One chip."""

    title: str
    request: TabRequest


def remember(history: tuple[PastRun, ...], run: PastRun, typed: Collection[str] = ()) -> tuple[PastRun, ...]:
    """The history with a run in front; one that was there already, however drawn, only moves.

    It takes the place of the run before if they differ only in the fields `typed`, of which every keystroke is a run.
    """
    if history and typed and set(_changed(run.request, history[0].request)) <= set(typed):
        history = history[1:]
    return (run, *(past for past in history if not past.request.runs_like(run.request)))[:KEPT]


def run_title(request: TabRequest, presets: tuple[Preset, ...], language: str) -> str:
    """The preset's title, or what differs from the preset that is nearest."""
    if not presets:
        return _changes(request, type(request)(), language)
    preset = min(presets, key=lambda candidate: len(_changed(request, candidate.request)))
    changes = _changes(request, preset.request, language)
    return changes or translate(language, preset.title)


def _changed(request: TabRequest, base: TabRequest) -> list[str]:
    return [name for name in type(request).model_fields if getattr(request, name) != getattr(base, name)]


def _changes(request: TabRequest, base: TabRequest, language: str) -> str:
    fields = type(request).model_fields
    parts = [_change(name, fields[name], getattr(request, name), language) for name in _changed(request, base)]
    title = " · ".join(parts)
    return title if len(title) <= LONGEST_TITLE else title[: LONGEST_TITLE - 1] + "…"


def _change(name: str, field: FieldInfo, value: Any, language: str) -> str:
    title = translate(language, field.title or name)
    return title if shown(field, "widget") == "sketch" else f"{title} {_shown(value, language)}"


def _shown(value: Any, language: str) -> str:
    if isinstance(value, bool):
        return translate(language, "on") if value else translate(language, "off")
    if isinstance(value, tuple):
        return str(len(value))
    return f"{value:,}" if isinstance(value, int) else f"{value}"
