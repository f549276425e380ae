"""The page: header with the tabs and the badge, Home, every tab, Models, and what loading a link does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
    from playground.tabs.collapse.ablation.tab import VIEW as ABLATION
    from playground.tabs.collapse.diagnose.tab import VIEW as DIAGNOSE
    from playground.tabs.collapse.dynamics.tab import VIEW as DYNAMICS
    from playground.tabs.collapse.tab import VIEW as COLLAPSE
    from playground.tabs.decoding.measure.tab import VIEW as MEASURE
    from playground.tabs.decoding.tab import VIEW as DECODING
    from playground.tabs.decoding.why.tab import VIEW as WHY
    from playground.tabs.matching.interaction.tab import VIEW as INTERACTION
    from playground.tabs.matching.matrix.tab import VIEW as MATRIX
    from playground.tabs.matching.probe.tab import VIEW as PROBE
    from playground.tabs.matching.set.tab import VIEW as MATCHING_SET
    from playground.tabs.matching.tab import VIEW as MATCHING
    from playground.tabs.matching.train.tab import VIEW as TRAIN
    from playground.tabs.prompting.few_shot.tab import VIEW as FEW_SHOT
    from playground.tabs.prompting.fill.tab import VIEW as FILL
    from playground.tabs.prompting.t_ta.tab import VIEW as T_TA
    from playground.tabs.prompting.tab import VIEW as PROMPTING
    from playground.tabs.sampling.autoencoders.tab import VIEW as AUTOENCODERS
    from playground.tabs.sampling.critic.tab import VIEW as CRITIC
    from playground.tabs.sampling.hierarchy.tab import VIEW as HIERARCHY
    from playground.tabs.sampling.reconstruct.tab import VIEW as RECONSTRUCT
    from playground.tabs.sampling.tab import VIEW as SAMPLING

    decoding = (DECODING, MEASURE, WHY)
    collapse = (COLLAPSE, DYNAMICS, ABLATION, DIAGNOSE)
    sampling = (SAMPLING, RECONSTRUCT, AUTOENCODERS, HIERARCHY, CRITIC)
    prompting = (PROMPTING, FILL, FEW_SHOT, T_TA)
    matching = (MATCHING, MATCHING_SET, MATRIX, TRAIN, INTERACTION, PROBE)
    return (*decoding, *collapse, *sampling, *prompting, *matching)


def build_page(services: Services, views: Sequence[TabView], openings: Openings | None = None) -> gr.Blocks:
    """The whole page; where nobody has started the openings, the first visitor does."""
    openings = openings or Openings(views, services.runner)
    panels = {view.name: [view] for view in views if not view.panel_of}
    for view in views:
        if view.panel_of:
            panels[view.panel_of].append(view)
    with gr.Blocks(title="Whybox", analytics_enabled=False, delete_cache=DELETE_UPLOADS) as blocks:
        _build_header(services)
        with gr.Tabs(selected=HOME, elem_classes="site-tabs") as site:
            _build_home([main for main, *_ in panels.values()], openings, services)
            inner = {main.name: _build_tab(main, others, services, openings) for main, *others in panels.values()}
            _build_models(services)
        _connect_page(blocks, site, inner, views, services, openings)
    page: gr.Blocks = blocks
    return page


def _build_tab(main: TabView, others: Sequence[TabView], services: Services, openings: Openings) -> gr.Tabs | None:
    """A tab of the header; with panels, they stand side by side inside it and are returned."""
    with gr.Tab(label(main.label), id=main.name) as tab:
        if not others:
            build_tab(main, services, openings).on_select(tab.select)
            return None
        with gr.Tabs(selected=main.name, elem_classes="panels") as panels:
            for view in (main, *others):
                with gr.Tab(label(view.title or view.label), id=view.name) as panel:
                    handles = build_tab(view, services, openings)
                handles.on_select(panel.select)

    def show(request: gr.Request) -> None:
        _leave(services, request)

    # Whoever comes back finds the panel that was left, and no panel is selected anew.
    tab.select(show, None, None, js=f"() => {{ window.whybox?.reselect({main.name!r}); return []; }}", **LIGHT)
    group: gr.Tabs = panels
    return group


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
    page: gr.Blocks,
    site: gr.Tabs,
    inner: Mapping[str, gr.Tabs | None],
    views: Sequence[TabView],
    services: Services,
    openings: Openings,
) -> None:
    tabs = {HOME: HOME, MODELS: MODELS} | {view.name: view.panel_of or view.name for view in views}
    panels = {name: shown for name, shown in inner.items() if shown is not None}

    def load(request: gr.Request) -> Any:
        """Select the tab of a link, and the panel inside it."""
        openings.start()
        asked = dict(request.query_params).get("tab", "")
        tab = tabs.get(asked)
        if tab is None:
            return {site: gr.update()}  # Home, or where a quick visitor has gone meanwhile
        inside = {panels[tab]: gr.update(selected=asked)} if tab in panels else {}
        return {site: gr.update(selected=tab)} | inside

    def leave(request: gr.Request) -> None:
        services.runner.forget(str(request.session_hash))

    # From then on the address follows what is selected.
    page.load(load, None, [site, *panels.values()], **LIGHT).then(None, js="() => { window.whyboxStarted = true; }")
    page.unload(leave)


def _leave(services: Services, request: gr.Request) -> None:
    """Whoever goes to another tab needs the run no longer."""
    services.runner.cancel(str(request.session_hash))


def _selects(name: str) -> str:
    # The first selection may come before the header's script.
    return f"() => {{ window.whybox?.select({name!r}); return []; }}"
