"""What the methods, the goals and their values are called on the page."""

from __future__ import annotations

from collections.abc import Mapping

from playground.tabs.matching.methods import method_of
from playground.tabs.matching.thresholds import Goal
from playground.ui.numbers import fixed
from playground.ui.translations import translate

OWN = "own"  # the method of scores that were brought
GOALS: Mapping[Goal, str] = {"accuracy": "accuracy", "f1": "F1", "mcc": "MCC", "cost": "cost"}
COLORS = 8  # of the page


def method_name(id: str, language: str) -> str:
    """A method's name."""
    return translate(language, "your scores" if id == OWN else method_of(id).label)


def color(place: int) -> str:
    """The colour of the method at this place of the run."""
    return f"var(--series-{place % COLORS + 1})"


def score(value: float, language: str) -> str:
    """A threshold, which may lie above or below all scores."""
    if value == float("inf"):
        return translate(language, "none alike")
    return translate(language, "all alike") if value == float("-inf") else fixed(value, 3)


def worth(value: float, goal: Goal) -> str:
    """A value of the goal; a cost is shown as one, the others as they are."""
    return fixed(-value if goal == "cost" else value, 3)
