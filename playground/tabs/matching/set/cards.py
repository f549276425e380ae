"""What stands around the curves: the table of results, the published search, and the worst mistakes."""

from __future__ import annotations

from collections.abc import Sequence

from playground.tabs.matching.metrics import Confusion
from playground.tabs.matching.set.frames import MethodJudged, PairsGiven
from playground.tabs.matching.set.names import GOALS, color, method_name, score, worth
from playground.tabs.matching.set.request import MatchingSetRequest
from playground.tabs.matching.set.view import View, mistakes
from playground.ui.html import element, text
from playground.ui.numbers import fixed
from playground.ui.tables import card, cell, table
from playground.ui.translations import translate

SHOWN_MISTAKES = 5  # of each kind
SAME = 5e-4  # accuracies this close are called the same
HEAD = ("method", "Spearman", "Pearson", "AP", "ROC area", "threshold", "accuracy", "F1", "MCC")
STANDING = (
    "{name}: the threshold is chosen on {chosen} pairs ({chosen_alike} alike) and reported on {reported} others "
    "({reported_alike} alike). Alike means label {boundary} or more, on a scale from {low} to {high}; the higher a "
    "score, the more alike."
)
MEASURED = (
    "Everything but the threshold is measured on the second part, which the choice never saw. In small print: 95 % "
    "bootstrap intervals, and the plateau on which the threshold could lie anywhere."
)
ACCURACIES = "accuracy {first}, second part {second}"
MISSING = "Left out, without a model for this language here: {methods}."
SEARCHED = (
    "The published way gives accuracy to Powell's optimiser, from the threshold tanh(1) = 0.76. Accuracy is a "
    "staircase, flat between any two scores, so that the search can find no slope; tanh reaches no threshold beyond "
    "−1 and 1. The sweep tries every step. The search calls a pair alike above its threshold, the sweep from it on."
)


def results_html(view: View, request: MatchingSetRequest, language: str) -> str:
    """The table of the measures, what they stand on, and what was done to the pairs."""
    given = view.given
    if given is None:
        return ""
    head = [translate(language, name) for name in HEAD]
    rows = [_row(place, judged, request, head, language) for place, judged in enumerate(view.methods.values())]
    goal = translate(
        language, "The threshold is best for {goal} on the first part.", goal=translate(language, GOALS[request.goal])
    )
    notes = [_standing(given, language), goal + " " + translate(language, MEASURED), *_missing(given, language)]
    notes += [translate(language, message, **values) for message, values in given.notes]
    title = translate(language, "How well each method tells the pairs apart")
    return card(title, table(head, rows), notes=notes)


def search_html(view: View, language: str) -> str:
    """The exact threshold and the published search side by side, for accuracy, and where the search fails."""
    if not view.methods:
        return ""
    head = [
        translate(language, name) for name in ("method", "exact threshold", "published search", "what the search did")
    ]
    rows = [_searched(judged, head, language) for judged in view.methods.values()]
    title = translate(language, "The published search for the threshold, and the exact one")
    return card(title, table(head, rows), notes=[translate(language, SEARCHED)])


def mistakes_html(view: View, request: MatchingSetRequest, language: str) -> str:
    """The pairs that the shown method decides most wrongly at its threshold."""
    judged = view.shown(request)
    if judged is None or view.given is None or not view.given.a:
        return ""
    kinds = zip(
        ("Called alike, and different", "Called different, and alike"),
        mistakes(view, judged, SHOWN_MISTAKES),
        strict=True,
    )
    parts = [_wrong(view.given, judged, translate(language, kind), places, language) for kind, places in kinds]
    title = translate(language, "The worst mistakes of {method}", method=method_name(judged.method, language))
    return card(title, *parts)


def _row(
    place: int, judged: MethodJudged, request: MatchingSetRequest, head: Sequence[str], language: str
) -> list[str]:
    threshold, _, low, high = judged.best
    decision = Confusion(*judged.reported)
    mark = element("span", class_="mark", style=f"background: {color(place)}")
    between = [_between(ends, language) for ends in (judged.interval, (low, high))]
    plateau = translate(language, "{interval}, plateau {plateau}", interval=between[0], plateau=between[1])
    values = {"accuracy": decision.accuracy, "f1": decision.f1, "mcc": decision.mcc}
    measures = (judged.spearman, judged.pearson, judged.average_precision, judged.area)
    cells = [cell(mark + text(method_name(judged.method, language)), number=False)]
    cells += [cell(text(fixed(value, 3)), label) for value, label in zip(measures, head[1:5], strict=True)]
    cells.append(cell(text(score(threshold, language)) + _source(plateau), head[5]))
    for (goal, value), label in zip(values.items(), head[6:], strict=True):
        said = _source(_worth_between(judged, request)) if goal == request.goal else ""
        cells.append(cell(text(fixed(value, 3)) + said, label))
    if request.goal == "cost":
        said = translate(
            language, "cost {cost}", cost=f"{worth(judged.report_value, 'cost')} {_worth_between(judged, request)}"
        )
        cells[5] = cell(text(score(threshold, language)) + _source(plateau) + _source(said), head[5])
    return cells


def _searched(judged: MethodJudged, head: Sequence[str], language: str) -> list[str]:
    found = [
        cell(
            text(score(threshold, language))
            + _source(translate(language, ACCURACIES, first=f"{first:.1%}", second=f"{second:.1%}")),
            label,
        )
        for (threshold, first, second), label in zip((judged.exact, judged.published), head[1:3], strict=True)
    ]
    name = cell(text(method_name(judged.method, language)), number=False)
    return [name, *found, cell(text(_fate(judged, language)), number=False)]


def _fate(judged: MethodJudged, language: str) -> str:
    """What became of the published search, in words."""
    lost = judged.exact[1] - judged.published[1]
    tried = len(judged.tried)
    if lost < SAME:
        return translate(language, "reaches the best accuracy after {tried} tries", tried=tried)
    said = "finds nothing better than its start in {tried} tries, {lost} points lost"
    if judged.published[1] > judged.tried[0, 1]:
        said = "stops on a lower step after {tried} tries, {lost} points lost"
    return translate(language, said, tried=tried, lost=f"{100 * lost:.1f}")


def _wrong(given: PairsGiven, judged: MethodJudged, title: str, places: Sequence[int], language: str) -> str:
    if not places:
        return element("p", text(title + translate(language, ": none")), class_="note")
    head = [title, translate(language, "label"), translate(language, "score")]
    rows = [
        [
            cell(text(given.a[place]) + element("br") + text(given.b[place]), number=False),
            cell(text(f"{given.labels[place]:g}"), head[1]),
            cell(text(fixed(float(judged.scores[place]), 3)), head[2]),
        ]
        for place in places
    ]
    return table(head, rows)


def _standing(given: PairsGiven, language: str) -> str:
    alike, report = given.labels >= given.boundary, given.report
    counts = {"chosen": ~report, "chosen_alike": ~report & alike, "reported": report, "reported_alike": report & alike}
    numbers = {name: f"{int(which.sum()):,}" for name, which in counts.items()}
    scale = {name: f"{getattr(given, name):g}" for name in ("boundary", "low", "high")}
    return translate(language, STANDING, name=given.name, **numbers, **scale)


def _missing(given: PairsGiven, language: str) -> list[str]:
    return [translate(language, MISSING, methods=", ".join(given.missing))] if given.missing else []


def _between(ends: tuple[float, float], language: str) -> str:
    return translate(language, "{low} to {high}", low=score(ends[0], language), high=score(ends[1], language))


def _worth_between(judged: MethodJudged, request: MatchingSetRequest) -> str:
    ends = sorted(worth(value, request.goal) for value in judged.report_interval)
    return f"[{ends[0]}, {ends[1]}]"


def _source(said: str) -> str:
    return element("span", text(said), class_="source")
