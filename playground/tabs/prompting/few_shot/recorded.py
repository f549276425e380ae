"""The learning curves that were recorded for the bundled tasks."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache

from playground.runtime.settings import REPOSITORY
from playground.tabs.prompting.few_shot.measures import interval
from playground.tabs.prompting.few_shot.request import FewShotRequest
from playground.tabs.prompting.few_shot.view import Point
from playground.ui.html import element, text
from playground.ui.translations import translate

RECORDED = REPOSITORY / "assets" / "prompting" / "curves.json"  # made by playground.tabs.prompting.few_shot.record

WHERE = (
    "Dotted: recorded with {model}, {seeds} seeds, {tests} test texts, {updates} training steps; {machine}, {date}, "
    "{commit}."
)


@dataclass(frozen=True)
class Entry:
    """What one method came to on one task with one model at one K: an accuracy for each seed, and how it was done."""

    task: str
    model: str
    method: str
    shots: int
    accuracies: tuple[float, ...]
    tests: int
    updates: int
    seconds: float
    date: str
    commit: str
    machine: str

    def point(self) -> Point:
        """The point of a learning curve."""
        low, high = interval(self.accuracies, self.tests)
        mean = sum(self.accuracies) / len(self.accuracies)
        return Point(self.shots, mean, low, high, len(self.accuracies), self.seconds)


@cache
def entries() -> tuple[Entry, ...]:
    """All that was recorded; nothing where the file is missing."""
    rows = json.loads(RECORDED.read_text("utf-8")) if RECORDED.exists() else []
    return tuple(Entry(**row | {"accuracies": tuple(row["accuracies"])}) for row in rows)


def recorded_for(request: FewShotRequest) -> dict[str, list[Entry]]:
    """Method -> its recorded curve on the request's task and model, by K; nothing for a visitor's own texts."""
    found: dict[str, list[Entry]] = {}
    if request.is_own() or not request.recorded:
        return found
    for entry in sorted(entries(), key=lambda each: each.shots):
        if (entry.task, entry.model) == (request.task, request.masked_model()):
            found.setdefault(entry.method, []).append(entry)
    return found


def recorded_note(request: FewShotRequest, language: str) -> str:
    """How the dotted curves came about."""
    found = [entry for curve in recorded_for(request).values() for entry in curve]
    if not found:
        return ""
    last = max(found, key=lambda entry: entry.date)
    said = translate(
        language,
        WHERE,
        model=last.model,
        seeds=max(len(entry.accuracies) for entry in found),
        tests=f"{last.tests:,}",
        updates=last.updates,
        machine=last.machine,
        date=last.date,
        commit=last.commit,
    )
    return element("p", text(said), class_="note")
