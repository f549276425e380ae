"""A drawing in few pixels: a canvas with brushes and colours whose value is the text of a sketch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr
from pydantic.fields import FieldInfo

from playground.runtime.sketches import LETTERS, PALETTE, SIDE
from playground.ui.translations import in_every_language, translate

SCRIPT = Path(__file__).with_suffix(".js").read_text("utf-8")
TEMPLATE = """<div class="sketch" role="group">
<span class="field-title"></span><span class="field-help"></span>
<div class="sketch-paper"><canvas tabindex="0" role="application"></canvas><span class="cursor"></span></div>
<div class="sketch-colours" role="radiogroup"></div>
<div class="sketch-line"><span class="switch brushes" role="group"></span>
<button type="button" class="chip small undo"></button><button type="button" class="chip small clear"></button></div>
<span class="said" role="status"></span><p class="note"></p>
</div>"""


class Sketch(gr.HTML):
    """Holds the text of 32x32 pixels in sixteen colours (:mod:`playground.runtime.sketches`), "" before the first.

    A pointer draws strokes or fills; with the keyboard the arrows move a cursor and Enter does what a click does.
    Every finished stroke calls the listeners of `input`.
    """

    def __init__(self, value: str = "", *, title: str, help: str, **options: Any) -> None:
        super().__init__(
            value,
            html_template=TEMPLATE,
            js_on_load=SCRIPT,
            apply_default_css=False,
            words=in_every_language(lambda language: _words(language, title, help)),
            side=SIDE,
            letters=LETTERS,
            colours=list(PALETTE.values()),
            **options,
        )

    def preprocess(self, payload: Any) -> Any:
        """The text as the browser sent it; the request model checks it."""
        return payload

    def postprocess(self, value: Any) -> Any:
        """The text."""
        return value or ""

    def api_info(self) -> dict[str, Any]:
        """The schema of the text."""
        return {"type": "string"}


def sketch_control(field: FieldInfo, **texts: Any) -> Sketch:
    """The control of a field of widget "sketch"."""
    return Sketch(field.default, title=field.title or "", help=field.description or "", label=texts.get("label"))


def _words(language: str, title: str, help: str) -> dict[str, Any]:
    return {
        "title": translate(language, title),
        "help": translate(language, help),
        "colour": translate(language, "Colour"),
        "colours": [translate(language, name) for name in PALETTE],
        "brushes": [translate(language, name) for name in ("Fine", "Medium", "Broad", "Fill")],
        "brush": translate(language, "Brush"),
        "undo": translate(language, "Undo"),
        "clear": translate(language, "Clear"),
        "how": translate(language, "Drag to draw, then press Run. Keys: arrows, then Enter."),
        "at": translate(language, "row {y}, column {x}"),
    }
