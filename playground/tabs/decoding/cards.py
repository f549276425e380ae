"""A card of coloured tokens for every row, and above them what the colours mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from playground.tabs.decoding.details import details
from playground.tabs.decoding.figures import color
from playground.tabs.decoding.loops import Loop
from playground.tabs.decoding.repeats import LONGEST, repeated_lengths
from playground.tabs.decoding.request import DecodingRequest
from playground.tabs.decoding.trace import RowTrace, Trace
from playground.ui.acts import act_button, act_switch
from playground.ui.html import element, text
from playground.ui.token_view import TokenRow, cards, details_html
from playground.ui.translations import translate

HIGHEST_ENTROPY = 6.0  # nats at which the colour is full
TURN_MARKS = frozenset({"<assistant>", "<|assistant|>", "<|im_start|>"})  # with which chat templates begin a turn
MEANINGS = {
    "probability": "The darker, the likelier the model thought the token.",
    "entropy": "The darker, the less sure the model was: full color at 6 nats.",
    "repetition": "The darker, the longer the n-gram around the token that occurred before, from 2 tokens to 8.",
}


def rows_html(trace: Trace, request: DecodingRequest, language: str, *, sketch: bool = False) -> str:
    """One card a row, in the order they were asked for; a sketch leaves out what only a click needs."""
    chat = not TURN_MARKS.isdisjoint(trace.prompt)
    shown = cards(_card(trace, index, request.color, language, sketch, chat) for index in range(len(trace.rows)))
    if sketch or not trace.rows:
        return _above(trace, request, language) + shown
    return _above(trace, request, language) + shown + details_html(details(trace, language))


def _above(trace: Trace, request: DecodingRequest, language: str) -> str:
    """What colours the tokens, and what branches laid down."""
    options = [
        (translate(language, name), {"act": "view", "field": "color", "value": name}, request.color == name)
        for name in MEANINGS
    ]
    switch = act_switch(translate(language, "Color:"), options)
    meaning = element("span", text(translate(language, MEANINGS[request.color])), class_="note")
    line = element("div", switch, meaning, class_="switches")
    if not trace.forced:
        return line
    count = len(request.branch)
    said = translate(
        language,
        "Branches: {count}. Every row goes on after the same {tokens} tokens.",
        count=count,
        tokens=len(trace.forced),
    )
    back = act_button(translate(language, "Back to the whole"), {"act": "whole"})
    return line + element("div", element("span", text(said)), back, class_="branches")


def _card(trace: Trace, index: int, by: str, language: str, sketch: bool, chat: bool) -> TokenRow:
    row = trace.rows[index]
    return TokenRow(
        title=row.decoder,
        tokens=[*trace.forced, *row["texts"]],
        weights=_weights(trace, row, by),
        status="loop" if row.loop else row.status,
        badge=_badge(row, language),
        meta=_meta(row, language),
        loop=(row.loop.onset, row.loop.period) if row.loop else None,
        color=color(index),
        forced=row.first,
        label=""
        if sketch
        else translate(language, "Tokens of {decoder}: arrow keys move, Enter tells about one.", decoder=row.decoder),
        foot=_reply(row, language) if chat and not sketch else "",
    )


def _weights(trace: Trace, row: RowTrace, by: str) -> Sequence[float]:
    if by == "entropy":
        return [entropy / HIGHEST_ENTROPY for entropy in row["entropy"]]
    if by == "repetition":
        # Texts, since branches lay down texts: two tokens with one text are rare.
        return [length / LONGEST for length in repeated_lengths([*trace.forced, *row["texts"]])][row.first :]
    return row["p_model"]


def _badge(row: RowTrace, language: str) -> str:
    if row.status == "stopped":
        return translate(language, "stopped")
    if row.loop and row.certified_at >= 0:
        return translate(language, "never stops: certified at step {step}", step=row.certified_at)
    if row.loop:
        return translate(language, "looping")
    return translate(language, "reached the limit") if row.status == "limit" else ""


def _meta(row: RowTrace, language: str) -> str:
    parts = [translate(language, "{count} tokens", count=row.first + len(row))]
    if row.loop:
        parts.append(_loop_text(row.loop, language))
    if row.steps_saved:
        parts.append(translate(language, "{count} steps saved", count=row.steps_saved))
    return " · ".join(parts)


def _loop_text(loop: Loop, language: str) -> str:
    values: dict[str, Any] = {"period": loop.period, "onset": loop.onset, "copies": loop.copies}
    return translate(language, "period {period} from step {onset}, {copies} copies", **values)


def _reply(row: RowTrace, language: str) -> str:
    """The button that goes on with this reply; a reply that has ended is a turn of the chat."""
    title = translate(language, "Go on with this reply")
    return act_button(title, {"act": "reply", "text": row.text}, class_="chip small reply") if row.text.strip() else ""
