"""Texts by patterns: which label each pattern gives each text, and how surely."""

from __future__ import annotations

import numpy as np

from playground.tabs.prompting.frames import Answers, Floats, Question
from playground.tabs.prompting.request import PromptingRequest
from playground.tabs.prompting.trace import Trace
from playground.ui.html import element, text
from playground.ui.tables import card, cell, table
from playground.ui.translations import translate

COLORS = 10
MOST_ROWS = 100
LONGEST_SHOWN = 160  # characters of a text
MOST_IN_TITLE = 5  # labels that a cell tells when it is pointed at


def color(label: int) -> str:
    """The colour of a label."""
    return f"var(--class-{label % COLORS})"


def heat_map(trace: Trace, request: PromptingRequest, language: str) -> str:
    """A row a text and a column a pattern; with several, one more for all together."""
    question, answers = trace.question, trace.answers
    if question is None or answers is None:
        return ""
    columns = _columns(question, answers, request, language)
    head = [translate(language, "text"), *(title for title, _ in columns)]
    shown = min(len(question.texts), MOST_ROWS)
    rows = [[_text_cell(question, place), *_cells(question, columns, place)] for place in range(shown)]
    notes = _notes(question, answers, request, language)
    if shown < len(question.texts):
        told = translate(
            language,
            "{shown} of {all} texts are shown; the download has them all.",
            shown=shown,
            all=len(question.texts),
        )
        notes = [told, *notes]
    return card(translate(language, "What each pattern says"), table(head, rows, "heat"), notes=notes)


def _columns(
    question: Question, answers: Answers, request: PromptingRequest, language: str
) -> list[tuple[str, Floats]]:
    """Titles and class probabilities (N, C)."""
    columns = list(zip(question.patterns, answers.after, strict=True))
    if len(columns) > 1:
        columns.append((translate(language, "together"), answers.ensemble_after))
    if request.calibration != "none":
        title = "together, uncalibrated" if len(question.patterns) > 1 else "uncalibrated"
        columns.append((translate(language, title), answers.ensemble_before))
    return columns


def _text_cell(question: Question, place: int) -> str:
    whole, gold = question.texts[place], int(question.gold[place])
    short = whole if len(whole) <= LONGEST_SHOWN else whole[: LONGEST_SHOWN - 1] + "…"
    label = "" if gold < 0 else element("span", text(question.labels[gold]), class_="source")
    return cell(text(short) + label, number=False, title=whole if short != whole else None)


def _cells(question: Question, columns: list[tuple[str, Floats]], place: int) -> list[str]:
    return [_cell(question, p[place], int(question.gold[place]), title) for title, p in columns]


def _cell(question: Question, p: Floats, gold: int, column: str) -> str:
    """The most probable label in its colour, the deeper the surer."""
    best = int(p.argmax())
    sure = (float(p[best]) - 1 / len(p)) / (1 - 1 / len(p))
    wash = f"background: color-mix(in srgb, {color(best)} {round(8 + 52 * sure)}%, transparent)"
    said = element("b", text(question.labels[best])) + " " + text(f"{p[best]:.2f}")
    wrong = element("span", text(" ✗"), class_="wrong") if gold >= 0 and best != gold else ""
    order = np.argsort(-p)[:MOST_IN_TITLE].tolist()
    title = ", ".join(f"{question.labels[label]} {p[label]:.3f}" for label in order)
    return cell(said + wrong, column, style=wash, title=title)


def _notes(question: Question, answers: Answers, request: PromptingRequest, language: str) -> list[str]:
    """What to know about how the texts were read."""
    notes = []
    if request.calibration != "none" and request.source == "own" and len(question.texts) < 8:
        notes.append(
            translate(language, "Few texts calibrate themselves here: write eight or more to trust the prior.")
        )
    if answers.cut:
        notes.append(
            translate(language, "{count} texts were too long: tokens at their end were left out.", count=answers.cut)
        )
    if answers.unknown > 0.1:
        share = f"{answers.unknown:.0%}"
        notes.append(
            translate(
                language,
                "The model does not know {share} of the tokens: choose one of the texts' language.",
                share=share,
            )
        )
    return notes
