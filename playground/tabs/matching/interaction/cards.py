"""The numbers behind the picture, as a table."""

from __future__ import annotations

from collections.abc import Sequence

from playground.tabs.matching.interaction.figures import color, label
from playground.tabs.matching.interaction.recorded import whole_test
from playground.tabs.matching.interaction.request import InteractionRequest
from playground.tabs.matching.interaction.view import Cost, View
from playground.tabs.matching.methods import method_of
from playground.ui.html import element, text
from playground.ui.numbers import fixed
from playground.ui.tables import card, cell, table
from playground.ui.translations import translate

MINUTE, DAY = 60.0, 86_400.0
WHAT_IS_LIVE = (
    "Times are taken here and now, by the clock, the best of {repeats}; beyond 24 texts they are on a straight line. "
    "Quality is recorded: Spearman's ρ on the {pairs} bundled test pairs, {date}, commit {commit}; "
    "beside it, where the model's card has it, on the benchmark's whole test part."
)
NO_CROSS = "No cross-encoder of this language is here yet, so nothing but letters and words is read together."


def costs_html(view: View, request: InteractionRequest, language: str) -> str:
    """A line a method: quality, one pair, one query against N texts with and without vectors at hand, memory."""
    costs = view.costs(request)
    if not costs:
        return ""
    names = ["method", "Spearman's ρ", "ρ, whole test", "1 pair", "vectors kept", "nothing kept", "memory"]
    head = [translate(language, name) for name in names]
    rows = [_row(cost, head, request.language, language) for cost in costs]
    staged = view.two_stages(request, request.texts)
    if staged is not None:
        name = translate(language, "vectors, then {count} candidates read", count=request.candidates)
        numbers = ("–", "–", "–", duration(staged), "–", "–")
        rows.append([cell(text(name), number=False), *_cells(numbers, head)])
    title = translate(language, "One query against {count} texts", count=f"{request.texts:,}")
    return card(title, table(head, rows), notes=_notes(view, request, costs, language))


def duration(seconds: float) -> str:
    """A time in the unit that suits it."""
    if seconds < 0.001:
        return f"{fixed(1e6 * seconds, 0)} µs"
    if seconds < 1.0:
        return f"{fixed(1000 * seconds, 1 if seconds < 0.1 else 0)} ms"
    if seconds < MINUTE:
        return f"{fixed(seconds, 1)} s"
    return f"{fixed(seconds / MINUTE, 1)} min" if seconds < DAY / 24 else f"{fixed(24 * seconds / DAY, 1)} h"


def memory(size: int) -> str:
    """A number of bytes in the unit that suits it, a dash for none."""
    if size == 0:
        return "–"
    powers = [(unit, 1024**power) for power, unit in enumerate(("B", "KiB", "MiB", "GiB"))]
    unit, own = next(((unit, own) for unit, own in reversed(powers) if size >= own), powers[0])
    return f"{size / own:.3g} {unit}" if size < 1000 * own else f"{round(size / own):,} {unit}"


def _row(cost: Cost, head: list[str], spoken: str, language: str) -> list[str]:
    mark = element("span", class_="mark", style=f"background: {color(cost.method)}")
    own, whole = cost.quality, whole_test(method_of(cost.method), spoken)
    told = ["–" if value is None else fixed(100 * value, 1) for value in (own and own.spearman, whole)]
    kept = duration(cost.cached) if cost.cache_bytes else "–"
    numbers = (*told, duration(cost.one_pair), kept, duration(cost.anew), memory(cost.cache_bytes))
    return [cell(mark + text(label(cost.method, language)), number=False), *_cells(numbers, head)]


def _cells(numbers: Sequence[str], head: list[str]) -> list[str]:
    return [cell(text(number), name) for number, name in zip(numbers, head[1:], strict=True)]


def _notes(view: View, request: InteractionRequest, costs: list[Cost], language: str) -> list[str]:
    known = [cost.quality for cost in costs if cost.quality is not None]
    notes = []
    if known:
        last = max(known, key=lambda each: each.date)
        values = {"repeats": request.repeats, "pairs": last.pairs, "date": last.date, "commit": last.commit}
        notes.append(translate(language, WHAT_IS_LIVE, **values))
    if view.two_stages(request, 1) is None:
        notes.append(translate(language, NO_CROSS))
    return notes
