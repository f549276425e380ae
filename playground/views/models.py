"""Models: every registry entry, what state it is in, and for the local operator pull and unload."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gradio as gr

from playground.runtime.contracts import Note
from playground.runtime.errors import PlaygroundError
from playground.runtime.settings import settings
from playground.ui.html import element, text
from playground.ui.status import error_html
from playground.ui.translations import label, language_of, translate

if TYPE_CHECKING:
    from playground.runtime.registry import ModelEntry, ModelStatus, Registry

COLUMNS = (
    "model",
    "size",
    "licence",
    "source",
    "state",
    "in memory",
    "leases",
    "loads",
    "hits",
    "evictions",
    "load time",
)
NOT_ALLOWED = Note("Only the person who runs this server can pull and unload models.")
UNKNOWN = Note("There is no such model here: reload the page.")

# Buttons stand in the table; a click says which model it is about.
SCRIPT = """element.addEventListener("click", (event) => {
  const button = event.target.closest("[data-action]");
  if (!button) return;
  button.disabled = true;
  trigger("click", { action: button.dataset.action, model: button.dataset.model });
});"""


def models_table(registry: Registry, language: str, operator: bool) -> str:
    """The table as HTML; the operator's has buttons."""
    titles = [element("th", text(translate(language, title)), scope="col") for title in COLUMNS]
    header = element("tr", *titles, *([element("th")] if operator else []))
    rows = (_row(entry, registry.status(entry.id), language, operator) for entry in registry.entries())
    return element("div", element("table", header, *rows, class_="table models"), class_="table-scroll")


def build_models(registry: Registry) -> tuple[gr.HTML, gr.HTML]:
    """The page: a status line and the table, which is filled when the page is looked at."""
    title = gr.HTML(apply_default_css=False)
    refresh = gr.Button(label("Refresh"), size="sm", min_width=0, elem_classes="chip small refresh")
    status = gr.HTML(elem_classes="run-status", apply_default_css=False)
    table = gr.HTML(js_on_load=SCRIPT, elem_classes="card", apply_default_css=False)

    def act(request: gr.Request, event: gr.EventData) -> tuple[str, str]:
        language = language_of(request)
        said = change_model(registry, str(event._data.get("action")), str(event._data.get("model")), language)
        return said, models_table(registry, language, settings().is_local)

    def show(request: gr.Request) -> str:
        return models_table(registry, language_of(request), settings().is_local)

    options: dict[str, Any] = {"concurrency_limit": None, "api_visibility": "private"}
    table.click(act, None, [status, table], show_progress="minimal", show_progress_on=status, **options)
    refresh.click(show, None, table, show_progress="hidden", **options)
    return title, table


def heading_html(language: str) -> str:
    """The page's title and what it is about."""
    title = element("h1", text(translate(language, "Models")), class_="question")
    lead = translate(language, "Everything that can run here, where it comes from, and what is in memory now.")
    return title + element("p", text(lead), class_="lead")


def change_model(registry: Registry, action: str, model: str, language: str) -> str:
    """Pull or unload for the local operator; returns a sentence if that cannot be."""
    actions = {"pull": registry.pull, "unload": registry.unload}
    if not settings().is_local:
        return error_html(NOT_ALLOWED, language)
    if action not in actions or model not in {entry.id for entry in registry.entries()}:
        return error_html(UNKNOWN, language)
    try:
        actions[action](model)
    except PlaygroundError as error:
        return error_html(error, language)
    return ""


def _row(entry: ModelEntry, status: ModelStatus, language: str, operator: bool) -> str:
    state = translate(language, status.state) + (f": {translate(language, status.reason)}" if status.reason else "")
    name = text(entry.title) + element("span", text(entry.id), class_="source")
    in_memory = f"{status.bytes_in_memory / 1e6:,.1f} MB" if status.in_memory else "-"
    seconds = "-" if status.load_seconds is None else f"{status.load_seconds:.2f} s"
    figures = {
        "in memory": in_memory,
        "leases": f"{status.leases:,}",
        "loads": f"{status.loads:,}",
        "hits": f"{status.hits:,}",
        "evictions": f"{status.evictions:,}",
        "load time": seconds,
    }
    cells = (
        element("td", name),
        element("td", text(f"{entry.bytes / 1e6:,.1f} MB"), class_="number"),
        element("td", text(entry.licence)),
        element("td", text(translate(language, entry.source))),
        element("td", text(state)),
        # A phone shows no header: there each figure bears its name.
        *(
            element("td", text(value), class_="number", data_label=translate(language, title))
            for title, value in figures.items()
        ),
    )
    return element("tr", *cells, *([element("td", _action(entry, status, language))] if operator else []))


def _action(entry: ModelEntry, status: ModelStatus, language: str) -> str:
    """The one thing that can be done with a model now, if anything."""
    action = "pull" if status.state == "downloadable" else "unload" if status.in_memory and not status.leases else None
    if action is None:
        return ""
    title = text(translate(language, "Pull" if action == "pull" else "Unload"))
    return element("button", title, type="button", class_="chip small", data_action=action, data_model=entry.id)
