"""Where the sampling tab's parts are placed on the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np

from playground.runtime.contracts import Engine, Tab
from playground.tabs.sampling.acts import act
from playground.tabs.sampling.animation import gif, still
from playground.tabs.sampling.bar import SCRIPT, bar_html
from playground.tabs.sampling.cards import cards_html
from playground.tabs.sampling.group_tiles import groups_html
from playground.tabs.sampling.presets import BATCH_NORM, PRESETS
from playground.tabs.sampling.request import SamplingRequest
from playground.tabs.sampling.snippet import snippet
from playground.tabs.sampling.thumbnail import thumbnail
from playground.tabs.sampling.view import View, fold
from playground.ui.acts import acting_html
from playground.ui.frame import TabView
from playground.ui.tab_view import Measure


def _engine() -> Engine:
    from playground.tabs.sampling import engine

    return engine


def _outputs() -> list[gr.components.Component]:
    return [acting_html(script=SCRIPT, elem_classes="steer card"), acting_html(), acting_html()]


def _draw(view: View | None, request: SamplingRequest, language: str) -> list[Any]:
    view = view or View()
    return [
        bar_html(view, request, language),
        cards_html(view, request, language),
        groups_html(view, request, language),
    ]


def _download(view: View, request: SamplingRequest) -> Mapping[str, bytes | Callable[[], bytes]]:
    return {
        "sampling.json": view.to_json(),
        "sampling.csv": view.to_csv(),
        "sampling.png": partial(still, view),
        "sampling.gif": partial(gif, view),
    }


def _change(view: View) -> str:
    """How far BatchNorm re-adjustment changes a pixel on average, as a claim is measured again."""
    pair = [images.astype(np.float64) for variant in (0, 1) if (images := view.images(variant, 0)) is not None]
    return f"a pixel changes by {np.abs(pair[0] - pair[1]).mean():.1f} of 255" if len(pair) == 2 else ""


MEASURES = {
    "batch-norm-re-adjustment": Measure(BATCH_NORM.request, _change),
}

VIEW = TabView(
    tab=Tab("sampling", SamplingRequest, _engine),
    question="What turns a decoder into a generator, and which distance judges it?",
    lead=(
        "Noise goes in at the top, a picture comes out below. Watch which group of latents decides what: keep some, "
        "draw others anew, and see what stays."
    ),
    presets=PRESETS,
    api_name="sample",
    outputs=_outputs,
    fold=fold,
    draw=_draw,
    download=_download,
    answer=View.to_dict,
    snippet=snippet,
    thumbnail=thumbnail,
    measures=MEASURES,
    model_task="image-vae",
    title="Sample",
    act=act,
    folder=Path(__file__).parent,
    keeps=("mode", "keep", "group", "subject", "second", "from_second", "moves", "choosing"),
    downloads=(".json", ".csv", ".png", ".gif"),
)
