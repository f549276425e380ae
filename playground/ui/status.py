"""The line under the Run button: where a run stands, in one sentence and a bar."""

from __future__ import annotations

from collections.abc import Iterable

from playground.runtime.contracts import Note
from playground.runtime.errors import PlaygroundError
from playground.ui.follow import Screen
from playground.ui.html import element, text
from playground.ui.translations import translate

STARTING = Note("Starting.")
PREPARING = Note("The first run is being prepared.")
PRESS_RUN = Note("Press Run to start.")
BROKEN = Note(
    "Something went wrong while this page was being drawn. Press Retry; if it happens again, reload the page."
)


def idle_html(notes: Iterable[Note], language: str) -> str:
    """Quiet sentences while nothing runs."""
    return "".join(element("p", text(said(note, language)), class_="note") for note in notes)


def error_html(problem: Note | PlaygroundError, language: str) -> str:
    """What went wrong, and what to do."""
    note = problem if isinstance(problem, Note) else Note(problem.message, problem.values)
    return element("p", text(said(note, language)), class_="note failed", role="alert")


def status_html(screen: Screen, language: str) -> str:
    """How a run goes, or how it ended."""
    state, note = screen.update.state, screen.update.note
    if state == "failed":
        return error_html(note or BROKEN, language) + _run_id(screen, language)
    sentences = [_sentence(screen, language)]
    if note is not None:
        sentences.append(said(note, language))
    bar = _bar(screen, language) if state in ("waiting", "running") else ""
    return bar + "".join(element("p", text(sentence), class_="note") for sentence in sentences if sentence)


def said(note: Note, language: str) -> str:
    """A note in the visitor's language, the title of the field that it is about too."""
    values = dict(note.values)
    if "field" in values:
        values["field"] = translate(language, str(values["field"]))
    return translate(language, note.message, **values)


def _sentence(screen: Screen, language: str) -> str:
    update = screen.update
    left = None if update.seconds_left is None else _seconds(update.seconds_left)
    if update.state == "waiting":
        if left is None:
            return translate(language, "Waiting: place {place} in line.", place=update.place)
        return translate(language, "Waiting: place {place} in line, about {left} s.", place=update.place, left=left)
    if update.state == "running":
        percent = round(100 * screen.done)
        if left is None:
            return translate(language, "{percent} % done.", percent=percent)
        return translate(language, "{percent} % done, about {left} s left.", percent=percent, left=left)
    if update.state == "cancelled" and update.paused_at is not None:
        return translate(language, "Paused at step {step}.", step=f"{update.paused_at:,}")
    if update.state == "cancelled":
        return translate(language, "Stopped. What was computed so far is shown.")
    if update.state == "cut":
        return "" if update.note else translate(language, "Cut at the time limit. What was computed so far is shown.")
    if update.remembered:
        return translate(language, "Computed before and remembered.")
    return translate(
        language, "Done in {seconds} s on {device}.", seconds=f"{screen.seconds:.2f}", device=update.device
    )


def _seconds(value: float) -> str:
    return f"{value:.0f}" if value >= 9.5 else f"{max(value, 0.1):.1f}"


def _bar(screen: Screen, language: str) -> str:
    share = None if screen.update.state == "waiting" else f"{screen.done:.3f}"
    return element("progress", value=share, max="1", aria_label=translate(language, "Progress"))


def _run_id(screen: Screen, language: str) -> str:
    said_id = translate(language, "Run {run_id}", run_id=screen.update.run_id)
    return element("p", text(said_id), class_="meta")
