"""Where the panel's parts are placed on the page."""

from __future__ import annotations

import math
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr

from playground.runtime.contracts import Engine, Tab
from playground.tabs.sampling.reconstruct.cards import cards_html
from playground.tabs.sampling.reconstruct.images import sheet_png
from playground.tabs.sampling.reconstruct.presets import GREY, NOISE, PRESETS
from playground.tabs.sampling.reconstruct.request import ReconstructRequest
from playground.tabs.sampling.reconstruct.snippet import snippet
from playground.tabs.sampling.reconstruct.view import Rebuilt, fold
from playground.ui.frame import TabView
from playground.ui.tab_view import File, Measure


def _engine() -> Engine:
    from playground.tabs.sampling.reconstruct import engine

    return engine


def _outputs() -> list[gr.components.Component]:
    return [gr.HTML(apply_default_css=False)]


def _draw(view: Rebuilt | None, request: ReconstructRequest, language: str) -> list[Any]:
    return [cards_html(view, language)]


def _download(view: Rebuilt, request: ReconstructRequest) -> dict[str, File]:
    return {
        "reconstruct.json": view.to_json,
        "reconstruct.csv": view.to_csv,
        "reconstruct.png": partial(sheet_png, view),
    }


def _bits(view: Rebuilt) -> str:
    """What the picture costs each NVAE in bits per dimension, and the share of held-out pictures that cost less."""
    costs = [made for made in view.made if made.bits is not None]
    return "; ".join(f"{made.set} {made.bits:.2f} (> {math.floor(100 * (made.bits_below or 0))} %)" for made in costs)


MEASURES = {
    "simple-pictures-are-likely": Measure(GREY, _bits),
    "noise-is-unlikely": Measure(NOISE, _bits),
}

VIEW = TabView(
    tab=Tab("sampling-reconstruct", ReconstructRequest, _engine),
    question="What do they make of a picture they never saw?",
    lead=(
        "Watch what comes back: each model redraws the picture with what it learnt from its own set. The bits per "
        "dimension say how surprised an NVAE is, the error says how much was lost."
    ),
    presets=PRESETS,
    api_name="reconstruct",
    outputs=_outputs,
    fold=fold,
    draw=_draw,
    download=_download,
    answer=Rebuilt.to_dict,
    snippet=snippet,
    measures=MEASURES,
    model_task=(),
    folder=Path(__file__).parent,
    panel_of="sampling",
    title="Reconstruct",
    downloads=(".json", ".csv", ".png"),
)
