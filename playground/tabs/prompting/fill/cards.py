"""What the model would write, word for word: cards of HTML."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from playground.tabs.prompting.fill.frames import Filled, Guesses, TriedWord
from playground.tabs.prompting.fill.request import FillRequest
from playground.tabs.prompting.fill.trace import ORDERS, Trace
from playground.tabs.prompting.fill.word_pieces import pieces_html
from playground.ui.acts import act_button
from playground.ui.html import element, text
from playground.ui.numbers import fixed
from playground.ui.tables import card, cell, table
from playground.ui.token_view import token_span
from playground.ui.translations import translate

MEANS = (
    "A score is the sum of the natural log-probabilities of the word's pieces. The share is the softmax over these "
    "words alone. A word of more pieces has a lower score for that alone: compare words of equally many."
)
SEVERAL = "{count} of these words are several tokens (marked red): a classifier that reads one mask cannot use them."
UNKNOWN = "The model does not know {words}: it reads them as an unknown token, so they have no score."
ENTROPY = "entropy {entropy} nats, as if {choices} words were equally likely"
ORDER_MATTERS = (
    "Read in parallel, no mask knows what the others become. The other two orders fill one mask at a time and "
)
ORDER_MATTERS += "read the text again after each."


def cards_html(trace: Trace, request: FillRequest, language: str) -> str:
    """The guesses, the words tried, and whole fillings where there are several masks."""
    if trace.guesses is None:
        return ""
    tried = _words_card(trace, request, language) if trace.words else ""
    filled = _fillings_card(trace.fillings, language) if trace.fillings else ""
    return _guesses_card(trace.guesses, request, language) + tried + filled


def _guesses_card(guesses: Guesses, request: FillRequest, language: str) -> str:
    """The tokens as the model reads them, and a list of likely words for every mask."""
    numbers = {place: number for number, place in enumerate(guesses.masks.tolist(), start=1)}
    shown = "".join(_token(token, numbers.get(place, 0)) for place, token in enumerate(guesses.tokens))
    lists = "".join(_list(guesses, number, language) for number in range(1, len(numbers) + 1))
    title = translate(language, "What the model would write")
    hint = translate(language, "A click on a suggestion writes it into the text.")
    return card(title, element("p", shown, class_="tokens"), element("div", lists, class_="mask-lists"), notes=[hint])


def _token(token: str, number: int) -> str:
    if number:
        return " " + element("b", text(f"[MASK] {number}"), class_="mask")
    joined = token.startswith("##") or token.startswith(" ")
    return ("" if joined else " ") + token_span(token)


def _list(guesses: Guesses, number: int, language: str) -> str:
    """One mask: its likeliest tokens with bars."""
    of_mask = zip(guesses.likeliest[number - 1], guesses.probability[number - 1].tolist(), strict=True)
    largest = float(guesses.probability[number - 1].max())
    lines = "".join(_guess(token, p, p / largest, number, language) for token, p in of_mask)
    entropy = float(guesses.entropy[number - 1])
    said = translate(language, ENTROPY, entropy=fixed(entropy), choices=f"{math.exp(entropy):,.0f}")
    heading = element("h4", text(translate(language, "Mask {number}", number=number)))
    return element("section", heading, element("ol", lines, class_="guesses"), element("p", text(said), class_="note"))


def _guess(token: str, p: float, length: float, number: int, language: str) -> str:
    label = translate(language, "Write “{word}” at mask {number}", word=token.strip(), number=number)
    button = act_button(token.strip(), {"act": "write", "gap": number, "word": token}, class_="word", aria_label=label)
    bar = element("span", element("i", style=f"width: {100 * length:.1f}%"), class_="bar")
    return element("li", button, bar, element("small", text(percentage(p))))


def percentage(share: float) -> str:
    """A share as a person reads it: none that exists is shown as zero."""
    if not math.isfinite(share):
        return "–"
    return "< 0.1%" if share < 0.001 else f"{share:.1%}"


def _words_card(trace: Trace, request: FillRequest, language: str) -> str:
    """A line a word: its pieces, its score in the three orders, and its share."""
    words = [translate(language, name) for name in ("word", "tokens", *ORDERS, "share, confidence first")]
    shares = trace.shares()[:, 2]
    order = np.argsort(-np.nan_to_num(shares, nan=-1.0), kind="stable").tolist()
    rows = [_word_row(trace.words[number], float(shares[number]), words, language) for number in order]
    title = translate(language, "The words tried at mask {number}", number=request.gap)
    return card(title, table(words, rows), notes=list(_remarks(trace.words, language)))


def _word_row(word: TriedWord, share: float, head: list[str], language: str) -> list[str]:
    scores = word.log_probability.sum(axis=1).tolist() if word.known else [math.nan] * 3
    steps = ("", *(_turns(word, order) for order in (1, 2)))
    tokens = cell(pieces_html(word.pieces, word.known, language), head[1], number=False)
    orders = (cell(text(fixed(score)) + how, label) for score, how, label in zip(scores, steps, head[2:5], strict=True))
    percent = percentage(share)
    return [cell(text(word.word), number=False), tokens, *orders, cell(text(percent), head[5])]


def _turns(word: TriedWord, order: int) -> str:
    """In which order the pieces were filled, where there are several."""
    if len(word.pieces) == 1 or not word.known:
        return ""
    by_turn = np.argsort(word.turn[order])
    return element("small", text(" → ".join(word.pieces[piece] for piece in by_turn)), class_="source")


def _remarks(words: list[TriedWord], language: str) -> Iterator[str]:
    several = sum(len(word.pieces) > 1 for word in words)
    if several:
        yield translate(language, SEVERAL, count=several)
    if unknown := [word.word for word in words if not word.known]:
        yield translate(language, UNKNOWN, words=", ".join(f"“{word}”" for word in unknown))
    yield translate(language, MEANS)


def _fillings_card(fillings: list[Filled], language: str) -> str:
    """All masks filled, in the three orders."""
    head = [translate(language, name) for name in ("order", "text", "log p")]
    rows = [
        [
            cell(text(translate(language, filled.order)), number=False),
            cell(text(filled.text), head[1], number=False, class_="filled"),
            cell(text(fixed(float(filled.log_probability.sum()))), head[2]),
        ]
        for filled in fillings
    ]
    return card(translate(language, "All masks filled"), table(head, rows), notes=[translate(language, ORDER_MATTERS)])
