"""Where the panel's parts are placed on the page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from playground.runtime.contracts import Engine, Tab
from playground.tabs.matching.probe.cards import adversarial_html, items_html, shares_html
from playground.tabs.matching.probe.figures import figure
from playground.tabs.matching.probe.presets import PRESETS
from playground.tabs.matching.probe.request import ProbeRequest
from playground.tabs.matching.probe.snippet import snippet
from playground.tabs.matching.probe.trace import Trace, fold
from playground.ui.live_plot import LivePlot
from playground.ui.tab_view import Measure, TabView


def _engine() -> Engine:
    from playground.tabs.matching.probe import engine

    return engine


def _outputs() -> list[gr.components.Component]:
    return [LivePlot(height=380, elem_classes="card"), gr.HTML(elem_classes="rows", apply_default_css=False)]


def _draw(trace: Trace | None, request: ProbeRequest, language: str) -> list[Any]:
    trace = trace or Trace()
    parts = (shares_html(trace, request, language), items_html(trace, request, language))
    return [figure(trace, request, language), "".join(parts) + adversarial_html(request, language)]


def _download(trace: Trace, request: ProbeRequest) -> dict[str, bytes]:
    return {"probe.json": trace.to_json(), "probe.csv": trace.to_csv()}


def _ordered_right(trace: Trace) -> str:
    """How often every method is right about the order, as a claim is measured again."""
    shares = {id: trace.share(judged, "all", "order") for id, judged in trace.judged.items()}
    return "; ".join(f"{id} {share.value:.0%}" for id, share in shares.items())


MEASURES = {"words-fool-encoders": Measure(PRESETS[0].request, _ordered_right)}

VIEW = TabView(
    tab=Tab("matching-probe", ProbeRequest, _engine),
    question="Same words, same meaning?",
    lead=(
        "Sixty texts, each beside one that means the same in other words and one that means something else in the same "
        "words. Watch which methods see past the words, and which do worse than guessing."
    ),
    presets=PRESETS,
    api_name="match_probe",
    outputs=_outputs,
    fold=fold,
    draw=_draw,
    download=_download,
    answer=Trace.to_dict,
    snippet=snippet,
    folder=Path(__file__).parent,
    model_task="sentence-embedding",
    measures=MEASURES,
    panel_of="matching",
    title="Hard pairs",
)
