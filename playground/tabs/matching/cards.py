"""The methods side by side, as a card of HTML: score, what it means, time."""

from __future__ import annotations

from playground.tabs.matching.frames import Scored
from playground.tabs.matching.methods import METHODS, Criterion, Kind, Method, method_of
from playground.tabs.matching.reference import Reference, reference
from playground.tabs.matching.request import MatchingRequest
from playground.tabs.matching.trace import Trace
from playground.ui.acts import act_switch
from playground.ui.html import element, text
from playground.ui.numbers import fixed
from playground.ui.tables import card, cell, table
from playground.ui.translations import translate

SCALES: dict[Kind, str] = {
    "bi": "cosine, −1 to 1",
    "words": "cosine, −1 to 1",
    "lexical": "share in common, 0 to 1",
    "cross": "logit, any number",
    "conditional": "logit, any number",
}
HEAD = ("method", "score", "above random pairs", "as people rate", "milliseconds")
MEANS = (
    "Higher is more alike for every method, but the scores of two methods cannot be compared with each other. "
    "What can be: the share of random pairs that score less, and the rating, 0 to 5, that people gave to pairs of "
    "such a score (STS-B, development part)."
)
BANDS = (
    "In the strips, grey holds the middle 90% of random pairs and colour the middle 90% of pairs that people rated 4 "
    "or more; the line is this pair."
)
TIMES = "Milliseconds are those of both texts just now, nothing remembered."
TOO_FEW = "What the scores of a method without a strip mean has not been recorded."
NO_SWITCH = "The model that judges by either criterion is not among the models here."
CRITERION_TITLES: dict[Criterion, str] = {"A": "A: same topic", "B": "B: same event"}
WIDTH, HEIGHT = 160, 14  # of a strip


def scores_html(trace: Trace, request: MatchingRequest, language: str) -> str:
    """A line a method, and the switch between the criteria where a method knows them."""
    if trace.question is None:
        return ""
    head = [translate(language, name) for name in HEAD]
    rows = [_row(each, request, head, language) for each in trace.scored.values()]
    known = [_reference(each, request) is not None for each in trace.scored.values()]
    notes = [MEANS, BANDS, *([] if all(known) else [TOO_FEW]), TIMES]
    if request.criterion == "B" and not _conditional(trace.question.methods):
        notes = [NO_SWITCH, *notes]
    switch = _criteria(request, language) if _conditional(trace.question.methods) else ""
    sentences = [translate(language, note) for note in notes]
    title = translate(language, "How alike are they?")
    return card(title, switch, table(head, rows, "methods"), notes=sentences)


def score_of(scored: Scored, criterion: Criterion) -> float:
    """The score, under the chosen criterion where the method knows two."""
    return scored.scores[1 if criterion == "B" and len(scored.scores) > 1 else 0]


def title_of(method: Method, language: str) -> str:
    """The method's name; BERT and BM25 need no translation, and have one of themselves."""
    return translate(language, method.label)


def _conditional(methods: tuple[str, ...]) -> bool:
    return any(method.kind == "conditional" and method.id in methods for method in METHODS)


def _criteria(request: MatchingRequest, language: str) -> str:
    options = [
        (translate(language, title), {"criterion": name}, name == request.criterion)
        for name, title in CRITERION_TITLES.items()
    ]
    return element("p", act_switch(translate(language, "Criterion"), options))


def _reference(scored: Scored, request: MatchingRequest) -> Reference | None:
    return reference(method_of(scored.method), request.read_as(), request.criterion)


def _row(scored: Scored, request: MatchingRequest, head: list[str], language: str) -> list[str]:
    method, known = method_of(scored.method), _reference(scored, request)
    score = score_of(scored, request.criterion)
    scale = element("span", text(translate(language, SCALES[method.kind])), class_="source")
    above = "–" if known is None else f"{known.above_random(score):.1%}"
    rating = "–" if known is None else fixed(known.rating(score), 1)
    return [
        cell(text(title_of(method, language)) + scale, number=False),
        cell(text(fixed(score, 3)) + ("" if known is None else strip(score, known, language)), head[1]),
        cell(text(above), head[2]),
        cell(text(rating), head[3]),
        cell(text(fixed(1000 * scored.seconds, 1)), head[4]),
    ]


def strip(score: float, known: Reference, language: str) -> str:
    """A small picture: where random pairs lie, where those that people find alike, and this pair."""
    low, high = min(known.random[0], score), max(known.alike[-1], known.random[-1], score)
    span = (high - low) or 1.0

    def x(value: float) -> float:
        return round(WIDTH * (value - low) / span, 1)

    def band(quantiles: tuple[float, ...], class_: str) -> str:
        start, end = x(quantiles[5]), x(quantiles[95])
        return element("rect", x=str(start), y="3", width=str(max(1.0, end - start)), height="8", class_=class_)

    line = element("rect", x=str(min(x(score), WIDTH - 2.0)), y="0", width="2", height=str(HEIGHT), class_="this")
    label = translate(language, "above {share} of random pairs", share=f"{known.above_random(score):.1%}")
    bands = band(known.random, "random") + band(known.alike, "alike")
    return element(
        "svg", bands, line, viewBox=f"0 0 {WIDTH} {HEIGHT}", role="img", aria_label=label, class_="score-strip"
    )
