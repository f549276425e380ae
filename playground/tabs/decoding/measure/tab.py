"""Where the measuring panel's parts are placed on the page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from playground.runtime.contracts import Engine, Tab
from playground.tabs.decoding.measure.figures import scatter_figure, survival_figure, table_html
from playground.tabs.decoding.measure.recorded import recorded_html
from playground.tabs.decoding.measure.request import MeasureRequest
from playground.tabs.decoding.measure.view import Measured, fold
from playground.ui.frame import Preset, TabView
from playground.ui.live_plot import LivePlot
from playground.ui.tab_view import Measure

SNIPPET = """\
from playground.runtime.registry import registry
from playground.tabs.decoding.measure.prefixes import prefixes
from playground.tabs.decoding.measure.rollout import Rollout
from playground.tabs.decoding.strategies import parse

with registry().lease({model!r}) as loaded:
    prompts, _ = prefixes(loaded, {model!r}, {source!r}, {count}, {seed}, 512)
    seeds = range({seed}, {seed} + len(prompts))
    rollout = Rollout(loaded, [(0, parse({decoder!r}))], prompts, seeds, {length}, {certificate})
    for step in range({length}):
        if rollout.active:
            rollout.step(step)
texts = rollout.texts()[0]
print(1 - texts.stopped.mean(), texts.steps_run.sum())
"""
PAIR = ("greedy", "consistent-nucleus-0.2")
REMEDIES = (
    "greedy",
    "consistent-top-k-2",
    "consistent-nucleus-0.2",
    "st",
    "nmst",
    "floor-0.001",
    "st-0.001",
    "repetition-1.2",
    "no-repeat-3",
    "decay-64-1.05",
)
SAMPLERS = (
    "greedy",
    "top-k-2",
    "nucleus-0.2",
    "nucleus-0.9",
    "temperature-0.5",
    "min-p-0.05",
    "typical-0.9",
    "fixed-entropy-2",
    "mirostat-5",
    "ancestral",
)


def _engine() -> Engine:
    from playground.tabs.decoding.measure import engine

    return engine


def _outputs() -> list[gr.components.Component]:
    return [
        gr.HTML(elem_classes="rows", apply_default_css=False),
        LivePlot(elem_classes="card"),
        LivePlot(elem_classes="card"),
        gr.HTML(elem_classes="rows", apply_default_css=False),
    ]


def _draw(measured: Measured | None, request: MeasureRequest, language: str) -> list[Any]:
    return [
        table_html(measured, language),
        survival_figure(measured, language),
        scatter_figure(measured, language),
        recorded_html(language),
    ]


def _download(measured: Measured, request: MeasureRequest) -> dict[str, bytes]:
    return {"measured.json": measured.to_json(), "measured.csv": measured.to_csv()}


def _snippet(request: MeasureRequest) -> str:
    """The first decoder asked for that keeps one text, over all prefixes."""
    pairs = zip(request.strategies(), request.row_models(), strict=True)
    decoder, model = next(((s.name, on) for s, on in pairs if not s.searches), ("greedy", request.model))
    return SNIPPET.format(
        model=model,
        source=request.source,
        count=request.prefixes,
        seed=request.seed,
        decoder=decoder,
        length=request.length,
        certificate=request.certificate,
    )


PRESETS = (
    Preset("Greedy against consistent nucleus", MeasureRequest(decoders=PAIR, prefixes=100)),
    Preset("All the remedies", MeasureRequest(decoders=REMEDIES)),
    Preset("Random-token prefixes", MeasureRequest(source="random-token")),
    Preset("Entropy against repetition", MeasureRequest(decoders=SAMPLERS, prefixes=100, length=300)),
)


def _ratios(measured: Measured) -> str:
    """r_L of every decoder, as a claim is measured again."""
    return "; ".join(f"{row['decoder']}: {row['ratio']:.1%}" for row in measured.rows())


MEASURES = {
    "greedy-never-stops": Measure(MeasureRequest(decoders=("greedy",)), _ratios),
    "st-with-small-epsilon": Measure(MeasureRequest(decoders=("greedy", "st-0.00001", "floor-0.00001")), _ratios),
    "nmst-with-large-epsilon": Measure(MeasureRequest(decoders=("greedy", "st-0.0005", "floor-0.0005")), _ratios),
    "nucleus-and-top-k": Measure(
        MeasureRequest(decoders=("nucleus-0.2", "nucleus-0.4", "top-k-2", "top-k-4")), _ratios
    ),
    "beams-stop-more": Measure(
        MeasureRequest(decoders=("greedy", "beam-2", "beam-4"), prefixes=100, length=300), _ratios
    ),
}

VIEW = TabView(
    tab=Tab("decoding-measure", MeasureRequest, _engine),
    question="How often does it never stop?",
    lead=(
        "Many prefixes under every decoder at once. Watch the curves: what has not ended by the limit counts as never "
        "stopping, and a curve that stays level is made of loops."
    ),
    presets=PRESETS,
    api_name="decode_measure",
    outputs=_outputs,
    fold=fold,
    draw=_draw,
    download=_download,
    snippet=_snippet,
    answer=Measured.to_dict,
    model_task=("causal-lm", "seq2seq-lm"),
    measures=MEASURES,
    folder=Path(__file__).parent,
    panel_of="decoding",
    title="Measure",
)
