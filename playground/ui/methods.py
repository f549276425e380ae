"""Home: one card a tab, and the index of all methods of the source posts, from assets/methods.yaml."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from functools import cache
from itertools import groupby
from typing import Literal

import yaml
from pydantic import Field

from playground.ui.claims import Bilingual, Record
from playground.ui.html import element, text
from playground.ui.theme import ASSETS
from playground.ui.translations import translate


class TabCard(Record):
    """A tab on the Home view; `picture` names the drawing that the page fills in."""

    key: str
    title: Bilingual
    question: Bilingual
    state: Literal["here", "coming"]
    picture: str


class Method(Record):
    """A method of the source posts: `post` is a number of kexue.fm, `paper` an arXiv id.

    `here` says that its tab shows it already.
    """

    number: int
    title: Bilingual
    post: int
    date: datetime.date | None = None
    paper: str | None = Field(None, pattern=r"^\d{4}\.\d{5}$")
    tab: str
    here: bool = False

    @property
    def post_url(self) -> str:
        """The address of the source post."""
        return f"https://kexue.fm/archives/{self.post}"

    @property
    def paper_url(self) -> str | None:
        """The address of the paper."""
        return f"https://arxiv.org/abs/{self.paper}" if self.paper else None


class Index(Record):
    """The whole of methods.yaml."""

    tabs: tuple[TabCard, ...]
    methods: tuple[Method, ...]

    def tab(self, key: str) -> TabCard:
        """The card of a tab."""
        return next(tab for tab in self.tabs if tab.key == key)


@cache
def index() -> Index:
    """The tabs and methods, read once."""
    return Index.model_validate(yaml.safe_load((ASSETS / "methods.yaml").read_text("utf-8")))


def home_cards(language: str, pictures: Mapping[str, str], numbers: Mapping[str, str]) -> str:
    """The cards: question, a small picture (finished SVG, by its name) and a measured number (by tab)."""
    cards = (_card(tab, language, pictures.get(tab.picture, ""), numbers.get(tab.key, "")) for tab in index().tabs)
    return element("nav", *cards, class_="home-cards", aria_label=translate(language, "Tabs"))


def render_index(language: str) -> str:
    """The table of all methods, grouped by tab: method, post, paper, where it is shown."""
    titles = ("method", "post", "paper", "shown")
    header = element("tr", *(element("th", text(translate(language, title)), scope="col") for title in titles))
    groups = groupby(index().methods, key=lambda method: method.tab)
    rows = (_group(tab, tuple(methods), language) for tab, methods in groups)
    title = element("h2", text(translate(language, "All methods")), class_="section")
    return title + element("div", element("table", header, *rows, class_="table methods"), class_="table-scroll")


def _card(tab: TabCard, language: str, picture: str, number: str) -> str:
    question = element("h2", text(tab.question.said_in(language)), class_="question")
    if tab.state == "coming":
        soon = element("span", text(translate(language, "not here yet")), class_="meta")
        return element("div", question, soon, class_="home-card coming")
    drawing = element("div", picture, class_="picture", aria_hidden="true") if picture else ""
    meta = element("span", text(" · ".join(filter(None, (tab.title.said_in(language), number)))), class_="meta")
    return element("a", drawing, question, meta, class_="home-card", href=_address(tab.key, language))


def _address(key: str, language: str) -> str:
    # English is written out too: it may differ from what the browser prefers.
    return f"?tab={key}&lang={language}"


def _group(key: str, methods: tuple[Method, ...], language: str) -> str:
    tab = index().tab(key)
    title = f"{tab.title.said_in(language)} · {tab.question.said_in(language)}"
    return element("tr", element("th", text(title), colspan=4, scope="colgroup"), class_="group-row") + "".join(
        _row(method, tab, language) for method in methods
    )


def _row(method: Method, tab: TabCard, language: str) -> str:
    post = _link(f"{method.post}" + (f" · {method.date:%Y-%m}" if method.date else ""), method.post_url)
    paper = _link(f"arXiv {method.paper}", method.paper_url) if method.paper_url else ""
    shown = (
        element("a", text(tab.title.said_in(language)), href=_address(tab.key, language))
        if method.here
        else element("span", text(translate(language, "not here yet")), class_="muted")
    )
    cells = (text(method.title.said_in(language)), post, paper, shown)
    return element("tr", *(element("td", cell) for cell in cells))


def _link(title: str, url: str) -> str:
    return element("a", text(title), href=url, target="_blank", rel="noopener", class_="number")
