"""The prior of every pattern as a plot, and the run as a thumbnail."""

from __future__ import annotations

from typing import Any

import numpy as np

from playground.tabs.prompting.frames import Answers, Floats, Question
from playground.tabs.prompting.heat_map import color
from playground.tabs.prompting.trace import Trace
from playground.ui.html import element
from playground.ui.translations import translate

ROW_HEIGHT, LEAST_HEIGHT = 26, 160
MOST_CELLS = 12  # texts in a thumbnail


def prior_figure(trace: Trace, language: str) -> dict[str, Any]:
    """Stacked class probabilities of every pattern: without text, over unlabelled texts; and the right labels."""
    bars = _bars(trace.question, trace.answers, language) if trace.question and trace.answers else []
    labels = trace.question.labels if trace.question else ()
    names = [name for name, _ in bars]
    data = [
        {
            "type": "bar",
            "orientation": "h",
            "name": label,
            "y": names,
            "x": [float(p[place]) for _, p in bars],
            "marker": {"color": color(place)},
            "hovertemplate": f"%{{y}}<br>{label.replace('<', '&lt;')}: %{{x:.3f}}<extra></extra>",
        }
        for place, label in enumerate(labels)
    ]
    return {
        "data": data,
        "layout": {
            "barmode": "stack",
            "xaxis": {"visible": bool(bars), "range": [0, 1.005], "tickformat": ".0%", "dtick": 0.25},
            "yaxis": {"visible": bool(bars), "autorange": "reversed", "automargin": True, "ticklabelstandoff": 8},
            "height": max(LEAST_HEIGHT, 90 + ROW_HEIGHT * len(bars)),
            "margin": {"l": 12, "r": 12, "t": 8, "b": 30},
            "legend": {"orientation": "h", "x": 0, "y": -0.18, "yanchor": "top", "traceorder": "normal"},
            "showlegend": len(labels) <= 20,
            "uirevision": "prior",
            "meta": {
                "title": translate(language, "What the patterns say before they read anything"),
                "description": translate(
                    language, "Mean class probabilities of each pattern without text and over unlabelled texts."
                ),
            },
        },
    }


def _bars(question: Question, answers: Answers, language: str) -> list[tuple[str, Floats]]:
    """Names and class shares (C,)."""
    bars = []
    for number, (blank, unlabelled) in enumerate(zip(answers.blank, answers.unlabelled, strict=True), start=1):
        bars.append((translate(language, "pattern {number}, without text", number=number), blank))
        bars.append((translate(language, "pattern {number}, unlabelled texts", number=number), unlabelled))
    known = question.gold[question.gold >= 0]
    if len(known):
        shares = np.bincount(known, minlength=len(question.labels)) / len(known)
        bars.append((translate(language, "right labels"), shares))
    return bars


def thumbnail(trace: Trace) -> str:
    """A small picture of the run for the Home card: texts by patterns as coloured cells."""
    if trace.answers is None:
        return ""
    everything = np.concatenate([trace.answers.after, trace.answers.ensemble_after[None]])[:, :MOST_CELLS]
    width, height = 240 / everything.shape[1], 90 / len(everything)
    cells = [
        element(
            "rect",
            x=f"{width * column + 1:.1f}",
            y=f"{height * row + 1:.1f}",
            width=f"{width - 2:.1f}",
            height=f"{height - 2:.1f}",
            style=f"fill: {color(int(p.argmax()))}; fill-opacity: {float(p.max()):.2f}",
        )
        for row, texts in enumerate(everything)
        for column, p in enumerate(texts)
    ]
    return f'<svg viewBox="0 0 240 90" role="img" aria-label="labels" preserveAspectRatio="none">{"".join(cells)}</svg>'
