"""How the ablations are drawn: a table with the published number beside ours, and one against the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from playground.tabs.collapse.ablation.recorded import where
from playground.tabs.collapse.ablation.rows import ROWS
from playground.tabs.collapse.ablation.view import Ablated
from playground.ui.html import element, text
from playground.ui.translations import translate

Rows = Sequence[dict[str, Any]]

TITLES = ("row", "published: ImageNet, %", "toy: kNN", "toy: std·√d", "toy: RankMe", "toy: loss", "toy: verdict")
MARKS = {
    "healthy": "✓",
    "complete collapse": "✕",
    "dimensional collapse": "▼",
    "not converging": "≈",
    "too early": "…",
}


def live_html(ablated: Ablated | None, language: str) -> str:
    """The table of a run, with what its figures cover."""
    if ablated is None:
        return ""
    start = ablated.start
    about = translate(
        language,
        "Toy: an MLP on nuisance-64, {steps} steps, {seeds} seeds. kNN of the inputs {raw}, by chance {chance}.",
        steps=f"{start.steps:,}",
        seeds=start.seeds,
        raw=f"{start.raw_knn:.2f}",
        chance=f"{start.chance:.2f}",
    )
    return _card(translate(language, "Measured now"), about, ablated.rows(), language)


def recorded_html(recorded: dict[str, Any] | None, language: str) -> str:
    """The table that was recorded, with where and when."""
    if recorded is None:
        return ""
    return _card(translate(language, "Recorded here"), where(recorded, language), recorded["rows"], language)


def transfer_figure(rows: Rows, language: str) -> dict[str, Any]:
    """The toy's kNN accuracy against the published accuracy, a point a row that has both."""
    points = [row for row in rows if _number_of(row) is not None and row["knn_mean"] is not None]
    names = [translate(language, ROWS[row["row"]].title) for row in points]
    data = [
        {
            "type": "scatter",
            "mode": "markers",
            "showlegend": False,
            "x": [_number_of(row) for row in points],
            "y": [row["knn_mean"] for row in points],
            "error_y": {"type": "data", "array": [row["knn_spread"] or 0.0 for row in points], "thickness": 1},
            "text": names,
            "marker": {"size": 9, "color": "var(--accent)"},
            "hovertemplate": "%{text}: %{x} %, %{y:.2f}<extra></extra>",
        }
    ]
    published, ours = "published: linear accuracy on ImageNet, %", "toy: kNN accuracy"
    return {
        "data": data,
        "layout": {
            "xaxis": {"title": {"text": translate(language, published)}, "range": [-4, 76]},
            "yaxis": {"title": {"text": translate(language, ours)}, "range": [0, 1.04]},
            "height": 300,
            "margin": {"l": 64, "r": 16, "t": 12, "b": 44},
            "uirevision": "transfer",
            "meta": {
                "title": translate(language, "What transfers"),
                "description": translate(
                    language, "Rows that collapse there and not here lie at the upper left; the others at the right."
                ),
            },
        },
    }


def _card(title: str, about: str, rows: Rows, language: str) -> str:
    titles = [translate(language, each) for each in TITLES]
    header = element("tr", *(element("th", text(each), scope="col") for each in titles))
    table = element("table", header, *(_row(row, titles, language) for row in rows), class_="table measured remarked")
    heading = element("h3", text(title), class_="card-title") + element("p", text(about), class_="meta")
    return element("div", heading, element("div", table, class_="table-scroll"), class_="card")


def _row(row: dict[str, Any], titles: Sequence[str], language: str) -> str:
    """The figures of one row, and below them what is to be said about it."""
    known = ROWS[row["row"]]
    of = f" / {row['dimension']}"
    cells = (
        text(translate(language, known.published)),
        text(figure(row, "knn", 2)),
        text(figure(row, "std", 2)),
        text(figure(row, "rank", 1) + (of if row["rank_mean"] is not None else "")),
        text(figure(row, "loss", 2)),
        _verdicts(row, language),
    )
    named = zip(cells, titles[1:], strict=True)
    figures = element(
        "tr",
        element("td", text(translate(language, known.title))),
        *(element("td", cell, class_="number", data_label=title) for cell, title in named),
    )
    if not known.remark:
        return figures
    said = element("span", text(translate(language, known.remark)), class_="source")
    return figures + element("tr", element("td", said, colspan=str(len(titles))), class_="remark")


def figure(row: dict[str, Any], name: str, digits: int) -> str:
    """Mean and spread over the seeds, dots while there is none."""
    value, deviation = row[f"{name}_mean"], row[f"{name}_spread"]
    if value is None:
        return "–" if row["seeds"] else "…"
    said = f"{value:.{digits}f}" + (f" ± {deviation:.{digits}f}" if deviation is not None else "")
    return said.replace("-", "−")


def _verdicts(row: dict[str, Any], language: str) -> str:
    """Every kind of verdict with how many of the seeds have it, the most frequent first."""
    counts = Counter(row["verdicts"]).most_common()
    return "".join(_badge(kind, count if len(counts) > 1 else 0, language) for kind, count in counts) or text("…")


def _badge(kind: str, count: int, language: str) -> str:
    word = f"{MARKS[kind]} {translate(language, kind)}" + (f" × {count}" if count else "")
    return element("span", text(word), class_=f"status verdict {kind.replace(' ', '-')}")


def _number_of(row: dict[str, Any]) -> float | None:
    """The published number, None where it is a word."""
    try:
        return float(row["published"])
    except ValueError:
        return None
