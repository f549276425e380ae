"""What the popover tells about every token of a finished run, small enough to stand beside the cards."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from playground.tabs.decoding.trace import RowTrace, Trace
from playground.ui.translations import translate

DETAILED_UNTIL = 4000  # tokens of all rows: of longer runs the popover tells the probability alone
LABELS = {
    "step": "step",
    "p": "p",
    "entropy": "entropy",
    "nats": "nats",
    "p_eos": "p(<eos>)",
    "rank": "rank",
    "cut": "cut",
    "inspect": "Inspect this step",
    "hint": "Choose a token: every row goes on from there.",
    "long": "This run is long: the JSON file tells the rest.",
}


def details(trace: Trace, language: str) -> dict[str, Any]:
    """Columns of numbers for every row, 3 digits each, and the texts of all tokens in them."""
    full = sum(map(len, trace.rows)) <= DETAILED_UNTIL
    return {
        "labels": {name: translate(language, label) for name, label in LABELS.items()},
        "eos": trace.eos,
        "texts": {str(id): text for id, text in trace.texts.items()} if full else {},
        "rows": [_row(row, full) for row in trace.rows],
    }


def _row(row: RowTrace, full: bool) -> dict[str, Any]:
    told = {"first": row.first, "p": _short(row["p_model"])}
    if not full:
        return told
    best = list(row.alternatives())
    return told | {
        "token": list(row["tokens"]),
        "entropy": _short(row["entropy"]),
        "p_eos": _short(row["p_eos"]),
        "rank": list(row["eos_rank"]),
        "cut": [place for place, cut in enumerate(row["eos_cut"]) if cut],
        "best": [[id for id, _ in step if id >= 0] for step in best],
        "chance": [_short(p for id, p in step if id >= 0) for step in best],
    }


def _short(values: Iterable[float]) -> list[float]:
    return [float(f"{value:.3g}") for value in values]
