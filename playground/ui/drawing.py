"""Points drawn by hand: a square of the plane whose value is a list of (x, y) in hundredths."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gradio as gr
from pydantic.fields import FieldInfo

from playground.runtime.annotations import bound
from playground.ui.translations import in_every_language, translate

SCRIPT = Path(__file__).with_suffix(".js").read_text("utf-8")
# y grows upwards in the value and downwards in the picture.
TEMPLATE = """<div class="drawing">
<span class="field-title"></span><span class="field-help"></span>
<svg viewBox="-101 -101 202 202" tabindex="0" role="application">
<rect x="-100" y="-100" width="200" height="200"/><path class="axes" d="M-100 0H100M0-100V100"/>
<g class="points"></g><path class="cursor" d="M-6 0H6M0-6V6"/></svg>
<div class="drawing-line"><span class="count"></span><span class="said" role="status"></span>
<button type="button" class="chip small undo"></button><button type="button" class="chip small clear"></button></div>
<p class="note"></p>
</div>"""


class Drawing(gr.HTML):
    """Holds points as [[x, y], ...], each coordinate a whole number from -100 to 100; `most` of them fit.

    A click adds a point or removes the one under it, a drag draws a trail; with the keyboard the arrows
    move a cursor and Enter does what a click does. Every change calls the listeners of `input`.
    """

    def __init__(self, value: Sequence[Any] = (), *, title: str, help: str, most: int, **options: Any) -> None:
        super().__init__(
            value,
            html_template=TEMPLATE,
            js_on_load=SCRIPT,
            apply_default_css=False,
            words=in_every_language(lambda language: _words(language, title, help, most)),
            most=most,
            **options,
        )

    def preprocess(self, payload: Any) -> Any:
        """The points as the browser sent them; the request model checks them."""
        return payload

    def postprocess(self, value: Any) -> Any:
        """The points, a sequence of pairs, as JSON carries them."""
        return [list(point) for point in value or ()]

    def api_info(self) -> dict[str, Any]:
        """The schema of the points."""
        return {"type": "array", "items": {"type": "array", "items": {"type": "integer"}}}


def drawing_control(field: FieldInfo, **texts: Any) -> Drawing:
    """The control of a field of widget "drawing"."""
    title, help = field.title or "", field.description or ""
    most = bound(field, "max_length")
    return Drawing(field.default, title=title, help=help, most=most, label=texts.get("label"))


def _words(language: str, title: str, help: str, most: int) -> dict[str, str]:
    return {
        "title": translate(language, title),
        "help": translate(language, help),
        "count": translate(language, "{n} of {most}").replace("{most}", str(most)),
        "undo": translate(language, "Undo"),
        "clear": translate(language, "Clear"),
        "how": translate(language, "Click or drag to draw; click a point to remove it. Keys: arrows, then Enter."),
        "full": translate(language, "There is room for {most} points: remove some to draw others.", most=most),
        "at": translate(language, "x {x}, y {y}"),
    }
