"""Cards with a cloud of points each, which stream: one canvas a card, redrawn in place, and one camera for all.

A plotly 3-D plot takes a WebGL context of which a page has sixteen, and tens of milliseconds a drawing; a few
thousand points on a plain canvas take one.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import gradio as gr
import numpy as np
import numpy.typing as npt
import orjson

from playground.ui.acts import ACT_SCRIPT
from playground.ui.scrubber import SCRUBBER_SCRIPT, Scrubber

SCRIPT = Path(__file__).with_suffix(".js").read_text("utf-8")
UNITS = 100  # a coordinate travels as a whole number of hundredths in one byte

Kind = Literal["sphere", "circle", "components"]


@dataclass(frozen=True)
class Cloud:
    """A card: finished HTML above, beside and below its cloud; `points` (N, 3) inside the unit sphere.

    Each part of the HTML is written anew only where it changed, so that a button stays under the pointer.
    """

    head: str
    side: str
    foot: str
    kind: Kind
    points: npt.NDArray[Any]
    description: str


class PointClouds(gr.HTML):
    """Shows cards with turning clouds; dragging or the arrow keys turn them all."""

    def __init__(self, value: Any = None, **options: Any) -> None:
        super().__init__(
            value,
            html_template='<div class="clouds"></div>',
            js_on_load=ACT_SCRIPT + SCRUBBER_SCRIPT + SCRIPT,
            apply_default_css=False,
            **options,
        )

    def api_info(self) -> dict[str, Any]:
        """The endpoint's schema: the cards' JSON."""
        return {"type": "string"}


def clouds_value(clouds: Sequence[Cloud], labels: npt.NDArray[Any], legend: str, scrubber: Scrubber | None) -> str:
    """What the page draws: the cards, the class of each point (N,), what the classes' colours mean, the slider."""
    cards = [
        {
            "head": cloud.head,
            "side": cloud.side,
            "foot": cloud.foot,
            "kind": cloud.kind,
            "points": _packed(cloud.points),
            "description": cloud.description,
        }
        for cloud in clouds
    ]
    packed = base64.b64encode((labels % 256).astype(np.uint8).tobytes()).decode()
    tree = {"cards": cards, "labels": packed, "legend": legend, "scrubber": vars(scrubber) if scrubber else None}
    return orjson.dumps(tree).decode()


def _packed(points: npt.NDArray[Any]) -> str:
    """The coordinates (N, 3) as signed bytes, row by row; what is not a number stands in the middle."""
    whole = np.nan_to_num(np.rint(points.astype(np.float32) * UNITS), nan=0.0, posinf=127, neginf=-127)
    return base64.b64encode(np.clip(whole, -127, 127).astype(np.int8).tobytes()).decode()
