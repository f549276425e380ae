"""A plot that streams: one DOM node, updated in place, in the colours of the page.

gradio's own plot component builds a new chart at every update, which loses the zoom and grows the
page by hundreds of nodes each time (https://github.com/gradio-app/gradio/issues/1692 has the history).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr
import orjson

# Relative to the page, so that it is also found below a Space's base path; loaded with the first plot.
PLOTLY_SCRIPT = '<script src="assets/plotly.min.js"></script>'
TEMPLATE = '<h3 class="card-title"></h3><div class="live-plot" role="figure" style="height:${height}px"></div>'
SCRIPT = Path(__file__).with_suffix(".js").read_text("utf-8")


class LivePlot(gr.HTML):
    """Shows a plotly figure (`go.Figure`, or the dict of one) and changes it in place.

    Colours in the figure may be CSS variables: "var(--loop)", "var(--series-1)" to 8. Its height is
    `layout.height` or else `height` pixels; `layout.meta` may hold a `title`, set above the plot,
    and a `description`, read out to those who cannot see it. A figure that must not keep the
    visitor's zoom sets another `layout.uirevision`.
    """

    def __init__(self, value: Any = None, *, height: int = 320, **options: Any) -> None:
        super().__init__(
            value,
            html_template=TEMPLATE,
            js_on_load=SCRIPT,
            head=PLOTLY_SCRIPT,
            apply_default_css=False,
            height=height,
            **options,
        )

    def postprocess(self, value: Any) -> str | None:
        """The figure as one JSON string, which the page compares and parses faster than a tree."""
        if value is None or isinstance(value, str):
            return value
        tree = value if isinstance(value, dict) else value.to_plotly_json()
        return orjson.dumps(tree, default=_plain, option=orjson.OPT_SERIALIZE_NUMPY).decode()

    def api_info(self) -> dict[str, Any]:
        """The endpoint's schema: the figure's JSON."""
        return {"type": "string"}


def _plain(value: Any) -> Any:
    """Arrays that orjson does not read in place, such as slices with a step."""
    return value.tolist()
