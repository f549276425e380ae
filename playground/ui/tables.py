"""Cards with a title, and tables, which on a phone become cards themselves."""

from __future__ import annotations

from collections.abc import Sequence

from playground.ui.html import element, text


def card(title: str, *content: str, notes: Sequence[str] = (), class_: str = "") -> str:
    """A card with a title, finished HTML, and sentences below it."""
    heading = element("h3", text(title), class_="card-title")
    sentences = (element("p", text(note), class_="note") for note in notes)
    return element("div", heading, *content, *sentences, class_=f"card {class_}".strip())


def table(head: Sequence[str], rows: Sequence[Sequence[str]], class_: str = "") -> str:
    """A table whose head is plain text and whose rows are finished cells; see :func:`cell`."""
    header = element("tr", *(element("th", text(name), scope="col") for name in head))
    body = (element("tr", *row) for row in rows)
    return element("div", element("table", header, *body, class_=f"table {class_}".strip()), class_="table-scroll")


def cell(content: str, label: str = "", *, number: bool = True, **attributes: str | None) -> str:
    """A cell of finished HTML; on a phone, where the head is hidden, it bears its column's title."""
    class_ = " ".join(filter(None, ("number" if number else "", attributes.pop("class_", ""))))
    return element("td", content, class_=class_ or None, data_label=label or None, **attributes)
