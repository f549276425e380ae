"""How a measurement is drawn: a table of figures, survival curves, and entropy against repetition."""

from __future__ import annotations

from typing import Any

from playground.tabs.decoding.measure.view import Measured
from playground.ui.html import element, text
from playground.ui.translations import translate

COLORS = 8  # the page's series colours; a ninth decoder starts again with a dashed line


def color(row: int) -> str:
    """The colour of a decoder's line, point and mark."""
    return f"var(--series-{row % COLORS + 1})"


def table_html(measured: Measured | None, language: str) -> str:
    """One row a decoder, and what the figures cover."""
    if measured is None:
        return ""
    notes = (
        element("p", text(translate(language, note.message, **note.values)), class_="note")
        for note in measured.start.notes()
    )
    titles = (
        "decoder",
        "r_L, 95 % interval",
        "certified",
        "mean length",
        "seq-rep-4",
        "diversity",
        "distinct-2",
        "perplexity",
        "entropy, nats",
        "steps run",
        "steps saved",
    )
    header = element("tr", *(element("th", text(translate(language, title)), scope="col") for title in titles))
    rows = (_row(index, row, titles, language) for index, row in enumerate(measured.rows()))
    table = element("table", header, *rows, class_="table measured")
    return element(
        "div", "".join(notes), _heading(measured, language), element("div", table, class_="table-scroll"), class_="card"
    )


def _heading(measured: Measured, language: str) -> str:
    """What the figures cover, and how fast they came."""
    result = measured.result
    if result is None:
        return element("p", text(translate(language, "Reading the prefixes.")), class_="meta")
    covered = translate(
        language,
        "{count} of {all} prefixes, up to {steps} tokens each",
        count=result.prefixes,
        all=measured.start.prefixes,
        steps=result.steps,
    )
    speed = measured.tokens_per_second()
    said = [covered] + ([translate(language, "{speed} tokens/s", speed=f"{speed:,.0f}")] if speed else [])
    title = element("h3", text(translate(language, "How often it never stops")), class_="card-title")
    return title + element("p", text(" · ".join(said)), class_="meta")


def _row(index: int, row: dict[str, Any], titles: tuple[str, ...], language: str) -> str:
    mark = element("span", class_="mark", style=f"background: {color(index)}")
    interval = element("span", text(f"{row['low']:.1%} – {row['high']:.1%}"), class_="source")
    cells = (
        mark + text(row["decoder"]),
        text(f"{row['ratio']:.1%}") + interval,
        text(f"{row['certified']:,}"),
        _number(row["mean_length"], ",.1f"),
        _number(row["seq_rep_4"], ".1%"),
        _number(row["diversity"], ".3f"),
        _number(row["distinct_2"], ".3f"),
        _number(row["perplexity"], ",.3g"),
        _number(row["entropy"], ".2f"),
        text(f"{row['steps_run']:,}"),
        text(f"{row['steps_saved']:,}"),
    )
    named = zip(cells, titles, strict=True)
    return element(
        "tr", *(element("td", cell, class_="number", data_label=translate(language, t)) for cell, t in named)
    )


def _number(value: float | None, form: str) -> str:
    return text("…" if value is None else format(value, form))


def survival_figure(measured: Measured | None, language: str) -> dict[str, Any]:
    """The share of texts still running after each number of tokens."""
    curves = measured.survival() if measured else []
    limit = measured.start.limit if measured else 1500
    data = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": curve["decoder"],
            "x": curve["tokens"],
            "y": curve["running"],
            "line": {"color": color(index), "width": 2, "shape": "hv", "dash": "solid" if index < COLORS else "dash"},
            "hovertemplate": f"{curve['decoder']}: %{{y:.1%}}<extra></extra>",
        }
        for index, curve in enumerate(curves)
    ]
    return {
        "data": data,
        "layout": {
            "xaxis": {"title": {"text": translate(language, "tokens")}, "range": [0, limit]},
            "yaxis": {"range": [0, 1.02], "tickformat": ".0%"},
            "height": 340,
            "margin": {"l": 56, "r": 12, "t": 26, "b": 44},
            "legend": {"orientation": "h", "x": 1, "xanchor": "right", "y": 1.02, "yanchor": "bottom"},
            "uirevision": f"survival-{limit}",
            "meta": {
                "title": translate(language, "Still running after so many tokens"),
                "description": translate(language, "The share of texts that have not ended, for each decoder."),
            },
        },
    }


def scatter_figure(measured: Measured | None, language: str) -> dict[str, Any]:
    """Cross-entropy against repetition, one point a decoder."""
    rows = [(i, row) for i, row in enumerate(measured.rows() if measured else []) if row["cross_entropy"] is not None]
    data = [
        {
            "type": "scatter",
            "mode": "markers+text",
            "name": row["decoder"],
            "showlegend": False,
            "x": [row["cross_entropy"]],
            "y": [row["seq_rep_4"]],
            "text": [row["decoder"]],
            "textposition": "top center" if i % 2 == 0 else "bottom center",
            "marker": {"size": 10, "color": color(i)},
            "hovertemplate": f"{row['decoder']}: %{{x:.2f}}, %{{y:.1%}}<extra></extra>",
        }
        for i, row in rows
    ]
    return {
        "data": data,
        "layout": {
            "xaxis": {
                "title": {"text": translate(language, "cross-entropy of the text, nats a token")},
                "rangemode": "tozero",
            },
            "yaxis": {"title": {"text": "seq-rep-4"}, "range": [-0.04, 1.08], "tickformat": ".0%"},
            "height": 340,
            "margin": {"l": 64, "r": 16, "t": 12, "b": 44},
            "uirevision": "scatter",
            "meta": {
                "title": translate(language, "Entropy against repetition"),
                "description": translate(
                    language, "How surprising each decoder's texts are to the model, and how often they repeat."
                ),
            },
        },
    }
