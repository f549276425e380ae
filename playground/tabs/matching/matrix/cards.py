"""What stands beside the picture: clusters, near-duplicates, outliers, answers, and how good answers are."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from playground.tabs.matching.matrix.figures import color
from playground.tabs.matching.matrix.frames import Corpus
from playground.tabs.matching.matrix.request import MatrixRequest
from playground.tabs.matching.matrix.view import STAGES, Pair, View
from playground.ui.html import element, text
from playground.ui.numbers import fixed
from playground.ui.tables import card, cell, table
from playground.ui.translations import translate

MOST_ROWS = 50  # near-duplicates
MOST_CLUSTERS = 12
MOST_MEMBERS = 4  # texts of a cluster that are written out
LONGEST = 160  # characters of a text
NO_RERANKER = "No cross-encoder of this language is here, so the encoder's order stands."
WHAT_IS_MEASURED = (
    "Each query is a sentence of the STS benchmark; right are those that people scored 4 or more of 5 beside it. "
    "Others may be right too, unscored: the numbers compare the two stages and are no absolute ones."
)


def cards_html(view: View, request: MatrixRequest, language: str) -> str:
    """All cards of the exhibit."""
    if view.corpus is None:
        return ""
    parts = [_standing(view.corpus, language)]
    if view.found is not None:
        parts.append(_answers(view, view.corpus, request, language))
    if view.judged:
        parts.append(_quality(view, request, language))
    if view.similarities is not None or view.placed is not None:
        parts.append(_clusters(view, view.corpus, request, language))
    if view.compared is not None:
        parts += [_duplicates(view, view.corpus, request, language), _outliers(view, view.corpus, language)]
    return "".join(parts)


def _standing(corpus: Corpus, language: str) -> str:
    """Which texts, which encoder, how long, and what was done to them."""
    said = translate(
        language,
        "{name}: {count} texts as vectors by {model}, {seconds} s by the clock, less for those it remembered",
        name=corpus.name or translate(language, "Pasted texts"),
        count=f"{len(corpus.texts):,}",
        model=corpus.model.split("/")[-1],
        seconds=fixed(corpus.seconds),
    )
    notes = (element("p", text(translate(language, told, **values)), class_="note") for told, values in corpus.notes)
    return element("p", text(said), class_="meta") + "".join(notes)


def _clusters(view: View, corpus: Corpus, request: MatrixRequest, language: str) -> str:
    clusters = view.clusters(request.cluster)
    sizes = np.bincount(clusters)
    several = int((sizes > 1).sum())
    shown = [(cluster, size) for cluster, size in enumerate(sizes[:MOST_CLUSTERS].tolist()) if size > 1]
    rows = [
        [cell(_mark(cluster, size) + text(size)), cell(_members(corpus, clusters == cluster), number=False)]
        for cluster, size in shown
    ]
    said = translate(
        language,
        "{clusters} clusters of several texts; {alone} texts stand alone.",
        clusters=several,
        alone=int((sizes == 1).sum()),
    )
    head = [translate(language, name) for name in ("texts", "cluster")]
    return card(translate(language, "Clusters"), table(head, rows, "texts") if rows else "", notes=[said])


def _mark(cluster: int, size: int) -> str:
    return element("span", class_="mark", style=f"background: {color(cluster, size)}")


def _members(corpus: Corpus, is_member: npt.NDArray[np.bool_]) -> str:
    own = [_shown(corpus.texts[place]) for place in np.flatnonzero(is_member).tolist()]
    rest = [text(f"+ {len(own) - MOST_MEMBERS}")] if len(own) > MOST_MEMBERS else []
    return element("br").join([*own[:MOST_MEMBERS], *rest])


def _duplicates(view: View, corpus: Corpus, request: MatrixRequest, language: str) -> str:
    pairs = view.duplicates(request.duplicate)
    notes = [] if pairs else [translate(language, "No two texts are so alike: lower the slider to see the next ones.")]
    if len(pairs) > MOST_ROWS:
        notes = [translate(language, "{shown} of {all} pairs are shown.", shown=MOST_ROWS, all=len(pairs))]
    rows = _pairs(pairs[:MOST_ROWS], corpus)
    shown = _pair_table(rows, language) if rows else ""
    return card(translate(language, "Near-duplicates"), shown, notes=notes)


def _outliers(view: View, corpus: Corpus, language: str) -> str:
    note = translate(language, "The texts whose nearest other one, in the same line, is furthest.")
    return card(translate(language, "Outliers"), _pair_table(_pairs(view.outliers(), corpus), language), notes=[note])


def _pairs(pairs: Iterable[Pair], corpus: Corpus) -> list[list[str]]:
    return [
        [
            cell(text(fixed(pair.cosine))),
            cell(_shown(corpus.texts[pair.a]), number=False),
            cell(_shown(corpus.texts[pair.b]), number=False),
        ]
        for pair in pairs
    ]


def _pair_table(rows: list[list[str]], language: str) -> str:
    return table([translate(language, name) for name in ("cosine", "text", "other text")], rows, "texts")


def _answers(view: View, corpus: Corpus, request: MatrixRequest, language: str) -> str:
    """The answers in their last order, with the places that they had before."""
    found = view.found
    assert found is not None
    read = len(found.scores) > 0
    names = ["rank", "encoder's rank", "cosine", *(["logit"] if read else []), "text"]
    head = [translate(language, name) for name in names]
    rows = []
    for rank, place in enumerate(view.ranked(), start=1):
        numbers = [str(rank), str(place + 1), fixed(float(found.cosines[place]))]
        numbers += [fixed(float(found.scores[place]))] if read else []
        cells = [cell(text(number), name) for number, name in zip(numbers, head, strict=False)]
        rows.append([*cells, cell(_shown(found.texts[place]), number=False)])
    reading, searching, ranking = found.seconds
    stages = translate(
        language,
        "reading the query {reading} ms · comparing it with {count} vectors {searching} ms · cross-encoder on "
        "{candidates} candidates {ranking} ms",
        reading=fixed(1000 * reading, 1),
        count=f"{len(corpus.texts):,}",
        searching=fixed(1000 * searching, 1),
        candidates=len(found.texts),
        ranking=fixed(1000 * ranking, 1) if read else "–",
    )
    notes = [] if corpus.reranker or not request.rerank else [translate(language, NO_RERANKER)]
    title = translate(language, "What answers “{query}”", query=found.query)
    return card(title, element("p", text(stages), class_="meta"), table(head, rows, "texts"), notes=notes)


def _quality(view: View, request: MatrixRequest, language: str) -> str:
    head = [translate(language, name) for name in ("order of the", "first is right", "mean 1 / rank", "ms a query")]
    rows = [
        [
            cell(text(translate(language, stage)), number=False),
            cell(text(f"{own.first:.0%}"), head[1]),
            cell(text(fixed(own.reciprocal_rank, 3)), head[2]),
            cell(text(fixed(1000 * own.seconds, 1)), head[3]),
        ]
        for stage, own in zip(STAGES, view.qualities(), strict=False)
    ]
    count = translate(language, "{count} queries so far.", count=len(view.judged))
    notes = [count, translate(language, WHAT_IS_MEASURED)]
    notes += [translate(language, NO_RERANKER)] if len(rows) == 1 and request.rerank else []
    return card(translate(language, "How good the answers are"), table(head, rows), notes=notes)


def _shown(whole: str) -> str:
    return text(whole if len(whole) <= LONGEST else whole[: LONGEST - 1] + "…")
