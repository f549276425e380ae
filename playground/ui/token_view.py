"""Text as coloured tokens: one card a decoder, every token escaped, and a popover that tells about a token."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, Literal

import gradio as gr

from playground.ui.acts import acting_html
from playground.ui.html import element, text

Status = Literal["running", "stopped", "loop", "limit"]

SHADES = 8  # background steps, so that a token's style is a short class name
LOOP_SHOWN = 24  # tokens of a loop that are written out before the rest is counted
CONTROL_PICTURES = {code: chr(0x2400 + code) for code in range(32)} | {127: "\u2421"}
SCRIPT = Path(__file__).with_suffix(".js").read_text("utf-8")
VISIBLE = CONTROL_PICTURES | {ord("\n"): "↵", ord("\t"): "⇥"}


@dataclass(frozen=True)
class TokenRow:
    """One decoder's text. `weights` (0 to 1) colour the tokens; the first `forced` ones are not its own.

    `loop` is (onset, period): the tokens from `onset` on repeat every `period` tokens. `title`,
    `badge`, `meta` and `label` are finished sentences in the visitor's language; with a label, which says
    how, the tokens can be reached with the keyboard. `color` is that of the row's line in a plot, shown
    as a mark before the title. `foot` is finished HTML.
    """

    title: str
    tokens: Sequence[str]
    weights: Sequence[float]
    status: Status
    badge: str
    meta: str
    loop: tuple[int, int] | None = None
    color: str = ""
    forced: int = 0
    label: str = ""
    foot: str = ""


def token_rows(**options: Any) -> gr.HTML:
    """An output for :func:`cards`, whose tokens open the popover."""
    return acting_html(script=SCRIPT, **options)


def cards(rows: Iterable[TokenRow]) -> str:
    """The cards of several rows, one under the other."""
    return "".join(row_card(row) for row in rows)


def details_html(data: Any) -> str:
    """What the popover tells, for the page to read; token_view.js says how it is laid out."""
    content = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return element("template", text(content), class_="details")


def row_card(row: TokenRow) -> str:
    """A card: decoder, status badge, figures at the right, and the coloured text."""
    badge = element("span", text(row.badge), class_=f"status {row.status}") if row.badge else ""
    mark = element("span", class_="mark", style=f"background: {row.color}") if row.color else ""
    heading = element("h3", mark, text(row.title), " ", badge)
    head = element("div", heading, element("span", text(row.meta), class_="meta"), class_="card-head")
    label, reached = (row.label, 0) if row.label else (None, None)
    role = "group" if row.label else None
    tokens = element("div", _body(row), class_="tokens", tabindex=reached, role=role, aria_label=label)
    return element("article", head, tokens, row.foot, class_="card")


def token_span(token: str, weight: float | None = None, extra: str = "") -> str:
    """One token; a single leading space stays outside its colour, other blanks become visible.

    >>> token_span(" sea", 0.5)
    ' <i class="w4">sea</i>'
    >>> token_span("<b>", extra="forced")
    '<i class="forced">&lt;b&gt;</i>'
    """
    space, word = (" ", token[1:]) if len(token) > 1 and token[0] == " " and not token[1].isspace() else ("", token)
    shade = "" if weight is None else f"w{_shade(weight)}"
    names = f"{shade} {extra}".strip()
    attributes = f' class="{names}"' if names else ""
    return f"{space}<i{attributes}>{_visible(word)}</i>" + "\n" * token.count("\n")


def _body(row: TokenRow) -> str:
    spans = [token_span(token, extra="forced") for token in row.tokens[: row.forced]]
    own = zip(row.tokens[row.forced :], row.weights, strict=True)
    spans += [token_span(token, weight) for token, weight in own]
    if row.loop is None:
        return "".join(spans)
    onset, period = row.loop
    shown = max(LOOP_SHOWN, 2 * period)
    looped = spans[onset : onset + shown]
    copies = [element("span", *looped[at : at + period], class_="copy") for at in range(0, len(looped), period)]
    rest = len(spans) - onset - len(looped)
    more = element("span", text(f" … +{rest:,}"), class_="more") if rest else ""
    return "".join(spans[:onset]) + element("span", *copies, class_="loop-region") + more


def _shade(weight: float) -> int:
    # NaN fails both comparisons and stays unshaded.
    return SHADES if weight >= 1 else int(weight * SHADES) if weight > 0 else 0


def _visible(word: str) -> str:
    if not word:
        return "∅"
    if not word.isprintable():
        word = word.translate(VISIBLE)
    return escape(word.replace(" ", "␣") if word.isspace() or "  " in word else word, quote=False)
