"""Traces made by hand, for the tests of what is drawn."""

from __future__ import annotations

from typing import Any

from playground.tabs.decoding.loops import Loop
from playground.tabs.decoding.trace import RowTrace, Trace


def row(
    steps: int = 4,
    decoder: str = "greedy",
    *,
    texts: list[str] | None = None,
    parents: list[int] | None = None,
    **changes: Any,
) -> RowTrace:
    """A row of `steps` tokens; columns and facts by name."""
    facts = {name: changes.pop(name) for name in ("status", "loop", "certified_at", "text") if name in changes}
    first = changes.pop("first", 0)
    made = RowTrace(decoder, "zoo/x", "none", changes.pop("epsilon", 0.0), first, **facts)
    columns: dict[str, list[Any]] = {
        "step": list(range(first, first + steps)),
        "parent": parents or list(range(-1, steps - 1)),
        "tokens": [5] * steps,
        "score": [-0.7 * (step + 1) for step in range(steps)],
        "p_model": [0.5] * steps,
        "p_kept": [1.0] * steps,
        "kept_size": [3] * steps,
        "entropy": [1.0] * steps,
        "p_eos": [0.1] * steps,
        "eos_rank": [9] * steps,
        "eos_cut": [False] * steps,
        "bound": [0.0] * steps,
    }
    for values, said in zip(zip(*(columns | changes).values(), strict=True), texts or ["a"] * steps, strict=True):
        made.nodes.add(values, said, [5, 6, 7, -1, -1], [0.5, 0.2, 0.1, 0.0, 0.0])
    return made


def trace_of(*rows: RowTrace, **changes: Any) -> Trace:
    """A finished run of these rows."""
    return Trace(rows=list(rows), texts={5: "a", 6: "b", 7: "<i>"}, **({"finished": True, "eos": 2} | changes))


LOOPED = {"status": "limit", "loop": Loop(0, 1, 4)}
