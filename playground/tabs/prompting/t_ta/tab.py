"""Where the panel's parts are placed on the page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from playground.runtime.contracts import Engine, Tab
from playground.tabs.prompting.t_ta.cards import cards_html, share
from playground.tabs.prompting.t_ta.figures import figure
from playground.tabs.prompting.t_ta.request import TTARequest
from playground.tabs.prompting.t_ta.snippet import snippet
from playground.tabs.prompting.t_ta.trace import Trace, fold
from playground.ui.live_plot import LivePlot
from playground.ui.tab_view import Measure, Preset, TabView


def _engine() -> Engine:
    from playground.tabs.prompting.t_ta import engine

    return engine


def _outputs() -> list[gr.components.Component]:
    return [gr.HTML(elem_classes="t-ta", apply_default_css=False), LivePlot(elem_classes="card")]


def _draw(trace: Trace | None, request: TTARequest, language: str) -> list[Any]:
    trace = trace or Trace()
    return [cards_html(trace, language), figure(trace, language)]


def _download(trace: Trace, request: TTARequest) -> dict[str, bytes]:
    return {f"{request.exhibit}.json": trace.to_json(), f"{request.exhibit}.csv": trace.to_csv()}


PRESETS = (
    Preset("One odd word", TTARequest()),
    Preset(
        "Three odd words",
        TTARequest(
            text="He opened the door and went into the room.\n"
            "He opened the door and went into the tooth.\n"
            "He put on his hat and went out of the house.\n"
            "He put on his hat and went out of the apple.\n"
            "The king and the queen lived in a great castle.\n"
            "The king and the queen lived in a great onion."
        ),
    ),
    Preset("A race for the wrong word", TTARequest(exhibit="race")),
    Preset("Who influences whom", TTARequest(exhibit="influence", text="The film was not as good as the book.")),
)


def _race(trace: Trace) -> str:
    """Ranked right and sentences a second, of both models."""
    if not trace.pairs:
        return ""
    seconds, _ = trace.costs()
    count = len(trace.pairs)
    ranked = [sum(pair.scores[model, 0] > pair.scores[model, 1] for pair in trace.pairs) for model in range(2)]
    parts = (
        f"{name} {share(ranked[model], count)}, {2 * count / seconds[model]:.0f}/s"
        for model, name in enumerate(("T-TA", "MLM"))
    )
    return "; ".join(parts)


def _diagonal(trace: Trace) -> str:
    """The largest influence of a token on its own output, of T-TA and of the three leaks."""
    if trace.influence is None:
        return ""
    largest = [float(matrix.diagonal().max()) for matrix in trace.influence.matrices]
    return "; ".join("0" if value == 0 else f"{value:.2g}" for value in largest)


MEASURES = {
    "one-pass-ranks-as-well": Measure(PRESETS[2].request, _race),
    "no-token-sees-itself": Measure(PRESETS[3].request, _diagonal),
}

VIEW = TabView(
    tab=Tab("prompting-t-ta", TTARequest, _engine),
    question="Must every token be masked in turn?",
    lead=(
        "A masked language model needs n passes to say how probable each of n tokens is. T-TA needs one. "
        "Watch the odd word light up in both, and what each of them costs."
    ),
    presets=PRESETS,
    api_name="t_ta",
    outputs=_outputs,
    fold=fold,
    draw=_draw,
    download=_download,
    snippet=snippet,
    answer=Trace.to_dict,
    model_task="masked-lm",
    measures=MEASURES,
    folder=Path(__file__).parent,
    panel_of="prompting",
    title="T-TA",
)
