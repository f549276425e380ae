"""The exhibits in words and numbers: cards of HTML above the plots."""

from __future__ import annotations

import math
from collections.abc import Iterable

from playground.tabs.decoding.why.figures import TREATMENTS, color, series_names
from playground.tabs.decoding.why.frames import BigramChosen, Bound, ProbeStart
from playground.tabs.decoding.why.request import WhyRequest
from playground.tabs.decoding.why.theorems import THEOREMS, Theorem
from playground.tabs.decoding.why.trace import Trace
from playground.ui.html import element, text
from playground.ui.translations import translate

MOST_TOKENS_SHOWN = 40
RANDOM = (
    "p is the geometric mean over the tokens of one copy, given all copies before it. "
    "Random tokens of the same number are the control."
)
BESIDE = (
    "p is the geometric mean over the tokens of one copy, given all copies before it. "
    "The second sentence is the control."
)
IN_TIME = "With ε = {epsilon} greedy decoding ends within {steps} steps, before the limit of {limit} tokens."
TOO_LATE = (
    "With ε = {epsilon} greedy decoding ends within {steps} steps, but the limit of {limit} tokens comes first: "
    "the bound has reached only {reached} by then, so a text can still look endless."
)


def cards_html(trace: Trace, request: WhyRequest, language: str) -> str:
    """The cards of the exhibit."""
    if request.exhibit == "bigram":
        return _bigram_card(trace.chosen, request, language) if trace.chosen else ""
    if request.exhibit == "bound":
        return _bound_card(trace.bound, language) + _theorems(language) if trace.bound else ""
    return _probe_card(trace, trace.start, request, language) if trace.start else ""


def _probe_card(trace: Trace, start: ProbeStart, request: WhyRequest, language: str) -> str:
    """A line a series: what the copies did to the sentence's probability and to that of ending."""
    titles = ("model", "sentence", "p, copy 1", "p, last copy", "times", "p(<eos>), copy 1", "p(<eos>), last copy")
    rows = [_series_row(trace, start, series, name) for series, name in enumerate(series_names(start, language))]
    meaning = translate(language, BESIDE if request.beside.strip() else RANDOM)
    title = translate(language, "The same sentence, {count} times", count=start.repeats)
    notes = (translate(language, note.message, **note.values) for note in start.notes())
    return _card(title, _table([translate(language, name) for name in titles], rows), meaning, *notes)


def _series_row(trace: Trace, start: ProbeStart, series: int, name: str) -> list[str]:
    tokens = start.tokens[series]
    shown = "".join(tokens[:MOST_TOKENS_SHOWN]) + ("…" if len(tokens) > MOST_TOKENS_SHOWN else "")
    mark = element("i", class_="mark", style=f"background: {color(series // 2)}")
    cells = [mark + text(name), text(shown.strip())]
    if not trace.steps:
        return [*cells, *[""] * 5]
    first, last = trace.steps[0], trace.steps[-1]
    p = float(first.mean_probability[series]), float(last.mean_probability[series])
    ending = float(first.p_eos[series]), float(last.p_eos[series])
    times = f"{p[1] / p[0]:.3g}" if p[0] else ""
    return [*cells, *(text(f"{value:.3g}") for value in p), text(times), *(text(f"{value:.3g}") for value in ending)]


def _bigram_card(chosen: BigramChosen, request: WhyRequest, language: str) -> str:
    """R and what it is made of, for the three treatments of eos."""
    diverges = translate(language, "does not converge")
    estimates = [diverges if math.isinf(value) else _number(value) for value in chosen.lower_estimate.tolist()]
    measures = (
        ("Mass of repetition R", map(_number, chosen.cut.repetition.tolist())),
        ("Su's lower estimate of R", estimates),
        ("Largest eigenvalue of P∘P", map(_number, chosen.eigenvalues[:, 0].tolist())),
        ("Largest row sum of P∘P", map(_number, chosen.cut.row_maximum.tolist())),
        ("Share of transitions left", map(_number, chosen.remaining.tolist())),
        ("Probability that a text never ends", map(_number, chosen.cut.never_stops.tolist())),
    )
    rows = [[text(translate(language, name)), *map(text, values)] for name, values in measures]
    level = f"top-k, k = {request.k}" if request.truncation == "top-k" else f"nucleus, {request.mass:g}"
    title = translate(language, "A bigram decoder of storybooks, cut to {level}", level=level)
    head = ["", *(translate(language, name) for name in TREATMENTS)]
    meaning = translate(
        language,
        "R sums, over the token to begin with and over all lengths, the chance that the text comes back "
        "to that token and then says the same again.",
    )
    return _card(title, _table(head, rows), meaning, *_cycles(chosen, language))


def _cycles(chosen: BigramChosen, language: str) -> Iterable[str]:
    """A sentence for every treatment of eos under which some cycle is certain."""
    for name, cycles in zip(TREATMENTS, chosen.cycles, strict=True):
        if cycles:
            words = "; ".join("“" + "".join([*cycle, *cycle, cycle[0]]) + "…”" for cycle in cycles)
            yield translate(
                language,
                "{treatment}: never stops, a closed cycle of probability one: {words}",
                treatment=translate(language, name),
                words=words,
            )


def _number(value: float) -> str:
    if math.isinf(value):
        return "∞"
    return "0" if value < 1e-12 else f"{value:.5g}"


def _bound_card(bound: Bound, language: str) -> str:
    """The calculator: what the chosen epsilon promises, beside those of the table."""
    everything = list(zip(bound.epsilons.tolist(), bound.latest.tolist(), bound.reached.tolist(), strict=True))
    epsilon, latest, reached = everything[-1]
    entries = sorted({*everything[: bound.table], everything[-1]}, reverse=True)
    head = ["ε", translate(language, "greedy stops at the latest after")]
    head.append(translate(language, "bound on p(<eos>) after {count} tokens", count=f"{bound.limit:,}"))
    rows = [[text(f"{e:g}"), text(f"{steps:,}"), text(f"{p:.3g}")] for e, steps, p in entries]
    values = {
        "epsilon": f"{epsilon:g}",
        "steps": f"{latest:,}",
        "limit": f"{bound.limit:,}",
        "reached": f"{reached:.3g}",
    }
    title = translate(language, "What ε = {epsilon} promises", epsilon=f"{epsilon:g}")
    return _card(
        title, _table(head, rows), translate(language, IN_TIME if latest <= bound.limit else TOO_LATE, **values)
    )


def _theorems(language: str) -> str:
    return "".join(_theorem(theorem, language) for theorem in THEOREMS)


def _theorem(theorem: Theorem, language: str) -> str:
    title, address = theorem.source
    source = element("a", text(title), href=address, target="_blank", rel="noopener")
    statement = element("p", text(translate(language, theorem.statement)))
    meaning = element("p", text(translate(language, theorem.meaning)), class_="note")
    heading = element("h3", text(translate(language, theorem.name)), class_="card-title")
    return element("div", heading, statement, meaning, element("p", source, class_="meta"), class_="card")


def _card(title: str, table: str, *notes: str) -> str:
    heading = element("h3", text(title), class_="card-title")
    return element("div", heading, table, *(element("p", text(note), class_="note") for note in notes), class_="card")


def _table(head: list[str], rows: list[list[str]]) -> str:
    """A table whose head is plain text and whose cells are finished HTML; the first column is words."""
    header = element("tr", *(element("th", text(name), scope="col") for name in head))
    body = (element("tr", *map(_cell, head, row, range(len(row)))) for row in rows)
    return element("div", element("table", header, *body, class_="table"), class_="table-scroll")


def _cell(title: str, content: str, place: int) -> str:
    """A cell; on a phone, where the head is hidden, it bears its column's title."""
    return element("td", content, class_="number", data_label=title) if place else element("td", content)
