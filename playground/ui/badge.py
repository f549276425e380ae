"""The badge in the header: device, models in memory, runs that wait."""

from __future__ import annotations

import gradio as gr

from playground.ui.html import text
from playground.ui.tab_view import Services
from playground.ui.translations import language_of, translate

REFRESH = 5  # seconds

# A timer of the page itself, so that a tab in the background asks for nothing.
SCRIPT = f"""const timer = setInterval(() => {{
  if (!element.isConnected) clearInterval(timer);
  else if (!document.hidden) trigger("refresh");
}}, {REFRESH * 1000});
trigger("refresh");"""


def badge_html(services: Services, language: str) -> str:
    """Device, number of models in memory with their megabytes, length of the queue."""
    memory = services.registry.snapshot()
    size = round(memory.bytes / 1e6)
    models = translate(language, "{count} in memory, {size} MB", count=memory.models, size=size)
    waiting = translate(language, "{count} waiting", count=services.runner.waiting())
    return text(" · ".join((services.device, models, waiting)))


def build_badge(services: Services) -> gr.HTML:
    """The badge as a component that refreshes itself while it is looked at; until then it is empty."""
    badge = gr.HTML(js_on_load=SCRIPT, elem_classes="badge", apply_default_css=False)

    def refresh(request: gr.Request) -> str:
        return badge_html(services, language_of(request))

    badge.refresh(refresh, None, badge, queue=False, show_progress="hidden", api_visibility="private")
    return badge
