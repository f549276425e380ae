"""The tables of the panel: every method's shares, the texts with their scores, and what was recorded on PAWS-X."""

from __future__ import annotations

from collections.abc import Iterable

from playground.tabs.matching.methods import method_of
from playground.tabs.matching.probe.figures import color
from playground.tabs.matching.probe.frames import Judged
from playground.tabs.matching.probe.probe_set import PHENOMENA, Item
from playground.tabs.matching.probe.recorded import Adversarial, records
from playground.tabs.matching.probe.request import Listed, ProbeRequest
from playground.tabs.matching.probe.trace import Trace, verdicts
from playground.ui.html import element, text
from playground.ui.numbers import fixed
from playground.ui.tables import card, cell, table
from playground.ui.translations import translate

BELOW = (
    "The text of another meaning was written to share more words than the one of the same meaning. So a method that "
    "goes by words alone is right less often than by guessing."
)
INTERVALS = "In brackets: 95 % intervals (Wilson)."
THRESHOLDS = (
    "Each threshold gives the highest accuracy on 500 development pairs of STS-B, of which those with a score of "
    "{least} or more count as alike."
)
LISTED = "First score: with the text of the same meaning (=). Second: with the one of another meaning (≠)."
PAWS_X = (
    "Recorded on {pairs} pairs of PAWS-X (Chinese), of which {alike} are alike: words swapped until the meaning "
    "changes, or not. Calling none alike is right for {none}. {date}, {commit}, {machine}. The pairs are not shipped."
)


def shares_html(trace: Trace, request: ProbeRequest, language: str) -> str:
    """A line a method: how often it is right about each phenomenon, and its threshold."""
    if not trace.judged:
        return ""
    head = [translate(language, name) for name in ("method", "all", *PHENOMENA, "threshold")]
    rows = [_method_row(trace, judged, head, request, language) for judged in trace.judged.values()]
    said = [translate(language, BELOW), translate(language, INTERVALS)]
    said.append(translate(language, THRESHOLDS, least=f"{request.alike_from:g}"))
    title = "Right order" if request.measure == "order" else "Right side of the threshold"
    return card(translate(language, title), table(head, rows), notes=said)


def items_html(trace: Trace, request: ProbeRequest, language: str) -> str:
    """The texts of a phenomenon with every method's two scores."""
    if not trace.judged:
        return ""
    names = [translate(language, method_of(id).label) for id in trace.judged]
    head = [translate(language, "text"), *names]
    rows = [
        [
            _texts(item),
            *(_scores(judged, place, request, name) for name, judged in zip(names, trace.judged.values(), strict=True)),
        ]
        for place, item in enumerate(trace.items)
        if request.listed in ("all", item.phenomenon)
    ]
    title = translate(language, "The texts: {phenomenon}", phenomenon=translate(language, request.listed))
    return card(title, table(head, rows, "probe"), notes=[translate(language, LISTED)])


def adversarial_html(request: ProbeRequest, language: str) -> str:
    """What was recorded on PAWS-X in the language."""
    rows = [row for row in records().adversarial if row.language == request.language]
    if not rows:
        return ""
    names = ("method", "area under the ROC", "best accuracy there", "accuracy at the threshold of STS-B")
    head = [translate(language, name) for name in names]
    last = max(rows, key=lambda row: row.date)
    said = translate(
        language,
        PAWS_X,
        pairs=f"{last.pairs:,}",
        alike=f"{last.alike:.0%}",
        none=f"{1 - last.alike:.1%}",
        date=last.date,
        commit=last.commit,
        machine=last.machine,
    )
    return card("PAWS-X", table(head, [_adversarial_row(row, head, language) for row in rows]), notes=[said])


def _method_row(trace: Trace, judged: Judged, head: list[str], request: ProbeRequest, language: str) -> list[str]:
    place = list(trace.judged).index(judged.method)
    mark = element("span", class_="mark", style=f"background: {color(place)}")
    columns: tuple[Listed, ...] = ("all", *PHENOMENA)
    name = mark + text(translate(language, method_of(judged.method).label))
    shares = (_share(trace, judged, column, title, request) for column, title in zip(columns, head[1:], strict=False))
    return [cell(name, number=False), *shares, _threshold(judged, head[-1], language)]


def _share(trace: Trace, judged: Judged, column: Listed, title: str, request: ProbeRequest) -> str:
    share = trace.share(judged, column, request.measure)
    low, high = share.interval
    return cell(text(f"{share.value:.0%}") + element("span", text(f"[{low:.0%}, {high:.0%}]"), class_="source"), title)


def _threshold(judged: Judged, title: str, language: str) -> str:
    """The threshold, and how often it is right where it was chosen."""
    said = translate(language, "right for {share} of STS-B", share=f"{judged.chosen_on:.1%}")
    if judged.recorded:
        said += " · " + translate(language, "recorded")
    return cell(text(fixed(judged.threshold, 3)) + element("span", text(said), class_="source"), title)


def _texts(item: Item) -> str:
    lines: Iterable[str] = (
        element("div", text(f"{sign} {said}"), class_="source" if sign else None)
        for sign, said in (("", item.text), ("=", item.same), ("≠", item.different))
    )
    return cell("".join(lines), number=False)


def _scores(judged: Judged, place: int, request: ProbeRequest, title: str) -> str:
    """Both scores, each with its mark where the threshold decides, else with one mark for their order."""
    right = verdicts(judged, request.measure)[:, place]
    both = (judged.same[place], judged.different[place])
    if len(right) == 1:
        said = text(" / ".join(fixed(float(score)) for score in both)) + " " + _mark(bool(right[0]))
    else:
        said = " / ".join(text(fixed(float(score))) + _mark(bool(ok)) for score, ok in zip(both, right, strict=True))
    return cell(said, title)


def _mark(right: bool) -> str:
    return element("b", text("✓" if right else "✗"), class_="right" if right else "wrong")


def _adversarial_row(row: Adversarial, head: list[str], language: str) -> list[str]:
    values = (fixed(row.area, 3), f"{row.best:.1%}", f"{row.accuracy:.1%}")
    name = text(translate(language, method_of(row.method).label))
    return [
        cell(name, number=False),
        *(cell(text(value), title) for value, title in zip(values, head[1:], strict=True)),
    ]
