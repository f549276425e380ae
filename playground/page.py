"""The page: header with the tabs and the badge, Home, every tab, Models, and what loading a link does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from playground.runtime.settings import settings
from playground.ui.badge import build_badge
from playground.ui.frame import LIGHT, Services, TabView, build_tab
from playground.ui.html import element, text
from playground.ui.openings import Openings
from playground.ui.translations import label, language_of
from playground.views.home import home_html
from playground.views.models import build_models, heading_html, models_table

__all__ = ["Services", "build_page", "tab_views"]

PAGE_SCRIPT = (Path(__file__).parent / "ui" / "page.js").read_text("utf-8")
DELETE_UPLOADS = (3600, 3600)  # seconds between looks, and of age
LONGEST_PREPARATION = 60.0  # seconds that Home waits for a picture
HOME, MODELS = "home", "models"


def tab_views() -> tuple[TabView, ...]:
    """The tabs, in the order of the header."""
    from playground.tabs.decoding.tab import VIEW as DECODING

    return (DECODING,)


def build_page(services: Services, views: Sequence[TabView], openings: Openings | None = None) -> gr.Blocks:
    """The whole page; where nobody has started the openings, the first visitor does."""
    openings = openings or Openings(views, services.runner)
    with gr.Blocks(title="Whybox", analytics_enabled=False, delete_cache=DELETE_UPLOADS) as blocks:
        _build_header(services)
        with gr.Tabs(selected=HOME, elem_classes="site-tabs") as site:
            _build_home(views, openings, services)
            for view in views:
                with gr.Tab(label(view.label), id=view.name) as tab:
                    handles = build_tab(view, services, openings)
                handles.on_select(tab.select)
            _build_models(services)
        _connect_page(blocks, site, views, services, openings)
    page: gr.Blocks = blocks
    return page


def _build_header(services: Services) -> None:
    """Logo at the left; badge and languages at the right."""
    with gr.Row(elem_classes="site-header"):
        logo = element("a", text("Whybox"), href="./", class_="logo")
        gr.HTML(logo, elem_classes="site-logo", apply_default_css=False)
        build_badge(services)
        languages = [
            element("a", text(title), href=f"?lang={code}", data_lang=code, lang=code)
            for code, title in (("en", "EN"), ("zh", "中文"))
        ]
        switch = element("span", text(" / ").join(languages), class_="languages meta")
        gr.HTML(switch, js_on_load=PAGE_SCRIPT, elem_classes="site-languages", apply_default_css=False)


def _build_home(views: Sequence[TabView], openings: Openings, services: Services) -> None:
    def show(request: gr.Request) -> Iterator[str]:
        _leave(services, request)
        language = language_of(request)
        yield home_html(views, openings, language)
        openings.start()
        if not all(openings.ready(view.name) for view in views):
            for view in views:
                openings.screen(view.name, LONGEST_PREPARATION)
            yield home_html(views, openings, language)

    with gr.Tab(label("Home"), id=HOME) as tab:
        home = gr.HTML(apply_default_css=False)
    tab.select(show, None, home, js=_selects(HOME), **LIGHT)


def _build_models(services: Services) -> None:
    def show(request: gr.Request) -> tuple[str, str]:
        _leave(services, request)
        language = language_of(request)
        return heading_html(language), models_table(services.registry, language, settings().is_local)

    with gr.Tab(label("Models"), id=MODELS) as tab:
        title, table = build_models(services.registry)
    tab.select(show, None, [title, table], js=_selects(MODELS), **LIGHT)


def _connect_page(
    page: gr.Blocks, site: gr.Tabs, views: Sequence[TabView], services: Services, openings: Openings
) -> None:
    names = {HOME, MODELS, *(view.name for view in views)}

    def load(request: gr.Request) -> Any:
        openings.start()
        asked = dict(request.query_params).get("tab", HOME)
        return gr.update(selected=asked if asked in names else HOME)

    def leave(request: gr.Request) -> None:
        services.runner.forget(str(request.session_hash))

    # From then on the address follows what is selected.
    page.load(load, None, site, **LIGHT).then(None, js="() => { window.whyboxStarted = true; }")
    page.unload(leave)


def _leave(services: Services, request: gr.Request) -> None:
    """Whoever goes to another tab needs the run no longer."""
    services.runner.cancel(str(request.session_hash))


def _selects(name: str) -> str:
    # The first selection may come before the header's script.
    return f"() => {{ window.whybox?.select({name!r}); return []; }}"
