"""Text as coloured tokens: one card a decoder, every token escaped, hover for its alternatives."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

from playground.ui.html import element, text

Status = Literal["running", "stopped", "loop", "limit"]

SHADES = 8  # background steps, so that a token's style is a short class name
LOOP_SHOWN = 24  # tokens of a loop that are written out before the rest is counted
CONTROL_PICTURES = {code: chr(0x2400 + code) for code in range(32)} | {127: "\u2421"}
VISIBLE = CONTROL_PICTURES | {ord("\n"): "↵", ord("\t"): "⇥"}


@dataclass(frozen=True)
class TokenRow:
    """One decoder's text. `weights` (0 to 1) colour the tokens, `hovers` are their tooltips.

    `loop` is (onset, period): the tokens from `onset` on repeat every `period` tokens. `title`,
    `badge`, `meta` and `note` are finished sentences in the visitor's language. `color` is that of
    the row's line in a plot, shown as a mark before the title.
    """

    title: str
    tokens: Sequence[str]
    weights: Sequence[float]
    hovers: Sequence[str]
    status: Status
    badge: str
    meta: str
    loop: tuple[int, int] | None = None
    note: str = ""
    color: str = ""


def cards(rows: Iterable[TokenRow]) -> str:
    """The cards of several rows, one under the other."""
    return "".join(row_card(row) for row in rows)


def row_card(row: TokenRow) -> str:
    """A card: decoder, status badge, figures at the right, and the coloured text."""
    badge = element("span", text(row.badge), class_=f"status {row.status}") if row.badge else ""
    mark = element("span", class_="mark", style=f"background: {row.color}") if row.color else ""
    heading = element("h3", mark, text(row.title), " ", badge)
    head = element("div", heading, element("span", text(row.meta), class_="meta"), class_="card-head")
    note = element("p", text(row.note), class_="note") if row.note else ""
    return element("article", head, element("div", _body(row), class_="tokens"), note, class_="card")


def token_span(token: str, weight: float | None = None, hover: str = "", extra: str = "") -> str:
    """One token; a single leading space stays outside its colour, other blanks become visible.

    >>> token_span(" sea", 0.5)
    ' <i class="w4">sea</i>'
    >>> token_span("<b>", hover='p = 0.1')
    '<i title="p = 0.1">&lt;b&gt;</i>'
    """
    space, word = (" ", token[1:]) if len(token) > 1 and token[0] == " " and not token[1].isspace() else ("", token)
    shade = "" if weight is None else f"w{_shade(weight)}"
    names = f"{shade} {extra}".strip()
    attributes = (f' class="{names}"' if names else "") + (f' title="{escape(hover)}"' if hover else "")
    return f"{space}<i{attributes}>{_visible(word)}</i>" + "\n" * token.count("\n")


def _body(row: TokenRow) -> str:
    spans = [
        token_span(token, weight, hover)
        for token, weight, hover in zip(row.tokens, row.weights, _padded(row.hovers, len(row.tokens)), strict=True)
    ]
    if row.loop is None:
        return "".join(spans)
    onset, period = row.loop
    shown = max(LOOP_SHOWN, 2 * period)
    looped = spans[onset : onset + shown]
    copies = [element("span", *looped[at : at + period], class_="copy") for at in range(0, len(looped), period)]
    rest = len(spans) - onset - len(looped)
    more = element("span", text(f" … +{rest:,}"), class_="more") if rest else ""
    return "".join(spans[:onset]) + element("span", *copies, class_="loop-region") + more


def _padded(hovers: Sequence[str], count: int) -> Sequence[str]:
    """Tooltips may be left out altogether while a run streams: they are most of the bytes."""
    return hovers if hovers else [""] * count


def _shade(weight: float) -> int:
    # NaN fails both comparisons and stays unshaded.
    return SHADES if weight >= 1 else int(weight * SHADES) if weight > 0 else 0


def _visible(word: str) -> str:
    if not word:
        return "∅"
    if not word.isprintable():
        word = word.translate(VISIBLE)
    return escape(word.replace(" ", "␣") if word.isspace() or "  " in word else word, quote=False)
