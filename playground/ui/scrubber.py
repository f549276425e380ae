"""A slider through the recorded pictures of a live training."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
import orjson

SCRUBBER_SCRIPT = Path(__file__).with_suffix(".js").read_text("utf-8")
OWN_SCRIPT = """
const scrubber = makeScrubber();
element.querySelector(".scrubbing").append(scrubber.node);
const fill = () => element.isConnected && scrubber.fill(props.value ? JSON.parse(props.value) : null);
watch("value", fill);
fill();
"""


@dataclass(frozen=True)
class Scrubber:
    """Where the slider stands; moving it clicks with {"act": "view", "field": "moment", "value": 0…1000}."""

    moment: int
    label: str
    said: str  # which picture is shown
    enabled: bool


class ScrubberBar(gr.HTML):
    """A scrubber by itself, which stays under the pointer while what it asks for is drawn; nothing for None."""

    def __init__(self, value: Scrubber | None = None, **options: Any) -> None:
        super().__init__(
            value,
            html_template='<div class="scrubbing"></div>',
            js_on_load=SCRUBBER_SCRIPT + OWN_SCRIPT,
            apply_default_css=False,
            **options,
        )

    def postprocess(self, value: Scrubber | str | None) -> str | None:
        """The scrubber as JSON."""
        return orjson.dumps(vars(value)).decode() if isinstance(value, Scrubber) else value

    def api_info(self) -> dict[str, Any]:
        """The endpoint's schema: the scrubber's JSON."""
        return {"type": "string"}
