"""Where the decoding tab's parts are placed on the page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from playground.runtime.contracts import Engine, Tab
from playground.tabs.decoding.acts import act
from playground.tabs.decoding.cards import rows_html
from playground.tabs.decoding.figures import curve_figure, curve_switch, thumbnail
from playground.tabs.decoding.inspector import inspector_html
from playground.tabs.decoding.presets import PRESETS
from playground.tabs.decoding.request import DecodingRequest
from playground.tabs.decoding.snippet import snippet
from playground.tabs.decoding.trace import RowTrace, Trace, fold
from playground.tabs.decoding.trees import trees_html
from playground.ui.acts import acting_html
from playground.ui.frame import TabView
from playground.ui.live_plot import LivePlot
from playground.ui.tab_view import Measure
from playground.ui.token_view import token_rows

SKETCHED_NODES = 600  # of a search's tree, while it grows


def _engine() -> Engine:
    from playground.tabs.decoding import engine

    return engine


def _outputs() -> list[gr.components.Component]:
    return [
        token_rows(elem_classes="rows"),
        acting_html(elem_classes="inspected"),
        gr.HTML(elem_classes="trees", apply_default_css=False),
        acting_html(elem_classes="curve-switch"),
        LivePlot(elem_classes="card"),
    ]


def _draw(trace: Trace | None, request: DecodingRequest, language: str, sketch: bool = False) -> list[Any]:
    trace = trace or Trace()
    return [
        rows_html(trace, request, language, sketch=sketch),
        inspector_html(trace, language),
        trees_html(trace, language, most=SKETCHED_NODES if sketch else None),
        curve_switch(request.curve, language),
        curve_figure(trace, request.curve, language),
    ]


def _sketch(trace: Trace | None, request: DecodingRequest, language: str) -> list[Any]:
    return _draw(trace, request, language, sketch=True)


def _download(trace: Trace, request: DecodingRequest) -> dict[str, bytes]:
    return {"decoding.json": trace.to_json(), "decoding.csv": trace.to_csv()}


def _endings(trace: Trace) -> str:
    """How every row ended, as a claim is measured again."""
    return "; ".join(f"{row.decoder}: {_ending(row)}" for row in trace.rows)


def _ending(row: RowTrace) -> str:
    if row.status == "stopped":
        return f"stops after {len(row):,} tokens"
    return (
        f"certified endless at step {row.certified_at:,}" if row.certified_at >= 0 else f"{len(row):,} tokens, no end"
    )


MEASURES = {
    "greedy-never-stops": Measure(DecodingRequest(decoders=("greedy",), length=1500), _endings),
    "bound-stops-greedy": Measure(DecodingRequest(decoders=("st", "nmst", "floor-0.001"), length=1500), _endings),
}

VIEW = TabView(
    tab=Tab("decoding", DecodingRequest, _engine),
    question="Why does the decoder not stop, and what makes it stop?",
    lead=(
        "One model, one prompt, many decoders at once. Watch the curve of p(<eos>): "
        "a decoder that never lets <eos> into its kept set cannot stop."
    ),
    presets=PRESETS,
    api_name="decode",
    outputs=_outputs,
    fold=fold,
    draw=_draw,
    download=_download,
    answer=Trace.to_dict,
    snippet=snippet,
    thumbnail=thumbnail,
    measures=MEASURES,
    model_task=("causal-lm", "seq2seq-lm"),
    title="Watch",
    act=act,
    sketch=_sketch,
    folder=Path(__file__).parent,
)
