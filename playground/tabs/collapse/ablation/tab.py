"""Where the parts of the panel of ablations are placed on the page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from playground.runtime.contracts import Engine, Tab
from playground.tabs.collapse.ablation.figures import figure, live_html, recorded_html, transfer_figure
from playground.tabs.collapse.ablation.recorded import recorded
from playground.tabs.collapse.ablation.request import AblationRequest
from playground.tabs.collapse.ablation.rows import ROWS
from playground.tabs.collapse.ablation.view import Ablated, fold
from playground.ui.frame import Preset, TabView
from playground.ui.live_plot import LivePlot
from playground.ui.tab_view import Measure

SNIPPET = """\
from playground.tabs.collapse.ablation.record import measure
from playground.tabs.collapse.ablation.request import AblationRequest

for row in measure(AblationRequest(rows={rows!r}, seeds={seeds}, steps={steps})).rows():
    print(row["row"], row["knn_mean"], row["rank_mean"], row["verdicts"])
"""


def _engine() -> Engine:
    from playground.tabs.collapse.ablation import engine

    return engine


def _outputs() -> list[gr.components.Component]:
    return [
        gr.HTML(elem_classes="rows", apply_default_css=False),
        LivePlot(elem_classes="card"),
        gr.HTML(elem_classes="rows", apply_default_css=False),
    ]


def _draw(ablated: Ablated | None, request: AblationRequest, language: str) -> list[Any]:
    table = recorded()
    known = {row["row"]: row for row in (table["rows"] if table else [])}
    known |= {row["row"]: row for row in (ablated.rows() if ablated else []) if row["seeds"]}
    return [
        live_html(ablated, language),
        transfer_figure(list(known.values()), language),
        recorded_html(table, language),
    ]


def _download(ablated: Ablated, request: AblationRequest) -> dict[str, bytes]:
    return {"ablations.json": ablated.to_json(), "ablations.csv": ablated.to_csv()}


def _snippet(request: AblationRequest) -> str:
    return SNIPPET.format(rows=request.rows, seeds=request.seeds, steps=request.steps)


PRESETS = (
    Preset(
        "With and without stop-gradient",
        AblationRequest(rows=("baseline", "no-stop-gradient"), seeds=1, steps=200),
    ),
    Preset(
        "What collapses",
        AblationRequest(
            rows=(
                "no-stop-gradient",
                "no-stop-gradient-hidden-bn",
                "no-stop-gradient-no-bn",
                "no-predictor",
                "no-predictor-hidden-bn",
            ),
            seeds=1,
        ),
    ),
    Preset(
        "Which predictor",
        AblationRequest(
            rows=(
                "baseline",
                "random-predictor",
                "predictor-decays",
                "predictor-rate-10",
                "predictor-rate-0.1",
                "moving-average",
            ),
            seeds=1,
        ),
    ),
    Preset(
        "BatchNorm",
        AblationRequest(rows=("baseline", "no-bn", "hidden-bn", "predictor-output-bn"), seeds=1),
    ),
    Preset(
        "Batch and width",
        AblationRequest(rows=("baseline", "batch-64", "batch-128", "dimension-32", "dimension-8"), seeds=1),
    ),
)


def _said(ablated: Ablated) -> str:
    """Mean and spread of every row, as a claim is measured again."""
    return "; ".join(
        f"{row['row']}: kNN {figure(row, 'knn', 2)}, std·√d {figure(row, 'std', 2)}, RankMe {figure(row, 'rank', 1)}"
        for row in ablated.rows()
    )


MEASURES: dict[str, Measure] = {
    name: Measure(AblationRequest(rows=(name,)), _said) for name in ROWS if ROWS[name].published != "–"
}

VIEW = TabView(
    tab=Tab("collapse-ablation", AblationRequest, _engine),
    question="Which part keeps it from collapsing?",
    lead=(
        "SimSiam with one thing changed, many times. Watch the last column: some rows collapse here as in the paper, "
        "some do not, and the table says which."
    ),
    presets=PRESETS,
    api_name="collapse_ablation",
    outputs=_outputs,
    fold=fold,
    draw=_draw,
    download=_download,
    snippet=_snippet,
    answer=Ablated.to_dict,
    measures=MEASURES,
    folder=Path(__file__).parent,
    panel_of="collapse",
    title="Ablations",
)
