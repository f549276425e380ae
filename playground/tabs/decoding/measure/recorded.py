"""The figures recorded for the shipped models, and those that were published for another corpus."""

from __future__ import annotations

import json
from collections import defaultdict
from statistics import mean
from typing import Any

from playground.runtime.settings import REPOSITORY
from playground.ui.html import element, text
from playground.ui.translations import translate

RECORDED = REPOSITORY / "assets" / "decoding-measured.json"

# Choi et al. 2023, arXiv 2210.00660: GPT-2 124M on WikiText-103, L = 1,000; ST and NMST with epsilon 1e-5, in percent.
NMST_TABLE = (
    ("greedy", 27, 75, 23),
    ("top-k-2", 0, 0, 0),
    ("top-k-4", 0, 0, 0),
    ("nucleus-0.2", 25, 73, 21),
    ("nucleus-0.4", 14, 55, 10),
    ("beam-2", 5, 29, 3),
    ("beam-4", 3, 15, 1),
)
TITLE = "Recorded here, and published for another corpus"
HERE = (
    "{model}: {count} held-out prefixes of children's books, the first {fewest} for beams and small ε, L = {limit}, "
    "sampling seeds: {seeds}; {machine}, {date}, {commit}."
)
SOURCE = "Published: Choi et al., ICLR 2023, GPT-2 124M on WikiText-103, L = 1,000, ST and NMST with ε = 1e-5."


def recorded_html(language: str) -> str:
    """r_L of the shipped models beside NMST's published table; the corpora differ, the order may be compared."""
    entries = json.loads(RECORDED.read_text("utf-8")) if RECORDED.exists() else []
    ours = _ratios(entries)
    published = {name: row for name, *row in NMST_TABLE}
    names = tuple(dict.fromkeys([*published, *(name for ratios in ours.values() for name in ratios)]))
    titles = [translate(language, "decoder"), *ours, "vanilla", "ST", "NMST"]
    header = element("tr", *(element("th", text(title), scope="col") for title in titles))
    rows = (_row(name, titles, ours, published.get(name)) for name in names)
    heading = element("h3", text(translate(language, TITLE)), class_="card-title")
    sources = [*(_where(name, entries, language) for name in ours), translate(language, SOURCE)]
    notes = "".join(element("p", text(source), class_="note") for source in sources)
    table = element("table", header, *rows, class_="table measured")
    return element("div", heading, element("div", table, class_="table-scroll"), notes, class_="card")


def _ratios(entries: list[dict[str, Any]]) -> dict[str, dict[str, list[float]]]:
    """Model -> decoder -> r_L of every seed."""
    found: dict[str, dict[str, list[float]]] = {}
    for entry in entries:
        ratios = found.setdefault(entry["model"].partition("/")[2], defaultdict(list))
        for row in entry["rows"]:
            ratios[row["decoder"]].append(row["ratio"])
    return found


def _row(name: str, titles: list[str], ours: dict[str, dict[str, list[float]]], published: list[int] | None) -> str:
    measured = [_spread(ratios.get(name, [])) for ratios in ours.values()]
    theirs = [f"{value} %" for value in published] if published else ["–"] * 3
    cells = zip([name, *measured, *theirs], titles, strict=True)
    return element("tr", *(element("td", text(cell), class_="number", data_label=title) for cell, title in cells))


def _spread(ratios: list[float]) -> str:
    """The mean over the seeds, and their range where they differ."""
    if not ratios:
        return "–"
    low, high = min(ratios), max(ratios)
    return f"{mean(ratios):.1%}" + (f" ({low:.1%} – {high:.1%})" if high > low else "")


def _where(name: str, entries: list[dict[str, Any]], language: str) -> str:
    """How one model was measured."""
    own = [entry for entry in entries if entry["model"].endswith(f"/{name}")]
    last = own[-1]
    counts = [row["prefixes"] for entry in own for row in entry["rows"]]
    return translate(
        language,
        HERE,
        model=name,
        count=f"{max(counts):,}",
        fewest=f"{min(counts):,}",
        limit=f"{last['limit']:,}",
        seeds=len(own),
        machine=last["machine"],
        date=last["date"],
        commit=last["commit"],
    )
