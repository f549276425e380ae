"""A run of the panel as it is drawn and downloaded."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from playground.runtime.contracts import Frame
from playground.runtime.text_files import plain_cell
from playground.tabs.matching.matrix.clustering import ROUNDING, clusters, leaves
from playground.tabs.matching.matrix.frames import Compared, Corpus, Found, Ints, Judged, Placed, Similarities
from playground.tabs.matching.matrix.request import MatrixRequest
from playground.tabs.matching.nearest import best

OUTLIERS = 5
FOUND = ("rank", "text", "cosine", "logit")
STAGES = ("encoder", "cross-encoder")


class Pair(NamedTuple):
    """Two texts by their places, and their cosine."""

    a: int
    b: int
    cosine: float


class Quality(NamedTuple):
    """How well a stage answers: the share of queries whose first answer is first, and the mean of 1 / its rank."""

    first: float
    reciprocal_rank: float
    seconds: float


@dataclass
class View:
    """A run so far."""

    corpus: Corpus | None = None
    similarities: Similarities | None = None
    compared: Compared | None = None
    placed: Placed | None = None
    found: Found | None = None
    judged: list[Judged] = field(default_factory=list)

    def order(self) -> Ints:
        """The texts of the heat map with alike ones side by side."""
        assert self.similarities is not None
        return leaves(self.similarities.merges)

    def clusters(self, cosine: float) -> Ints:
        """The cluster of every drawn text, 0 the largest."""
        shown = self.similarities or self.placed
        return np.empty(0, np.int64) if shown is None else clusters(shown.merges, cosine)

    def duplicates(self, cosine: float) -> list[Pair]:
        """Pairs with at least this cosine, the most alike first."""
        if self.compared is None:
            return []
        pairs = zip(self.compared.pairs.tolist(), self.compared.pair_cosines.tolist(), strict=True)
        return [Pair(a, b, own) for (a, b), own in pairs if own >= cosine - ROUNDING]

    def outliers(self) -> list[Pair]:
        """The texts whose nearest other one is furthest, with that one, the furthest first."""
        if self.compared is None:
            return []
        nearest, cosines = self.compared.nearest, self.compared.cosines
        return [Pair(place, int(nearest[place]), float(cosines[place])) for place in best(-cosines, OUTLIERS).tolist()]

    def ranked(self) -> list[int]:
        """Places among the candidates, in the cross-encoder's order where it has read them, else in the encoder's."""
        assert self.found is not None
        scores = self.found.scores
        return best(scores, len(scores)).tolist() if len(scores) else list(range(len(self.found.texts)))

    def qualities(self) -> list[Quality]:
        """How well each stage answers so far, the encoder's first."""
        if not self.judged:
            return []
        ranks = np.stack([each.ranks for each in self.judged])  # (Q, stages)
        seconds = np.stack([each.seconds for each in self.judged]).mean(axis=0)
        reciprocal = np.divide(1.0, ranks, out=np.zeros(ranks.shape), where=ranks > 0)
        stages = range(ranks.shape[1])
        return [Quality(float((ranks[:, s] == 1).mean()), float(reciprocal[:, s].mean()), seconds[s]) for s in stages]

    def to_dict(self) -> dict[str, Any]:
        """The run as plain JSON values; clusters are left to whoever cuts the `merges`, as scipy's fcluster does."""
        corpus = {} if self.corpus is None else {"model": self.corpus.model, "count": len(self.corpus.texts)}
        shown = self.similarities or self.placed
        merges = {} if shown is None else {"merges": shown.merges.tolist()}
        points = {} if self.placed is None else {"points": self.placed.points.tolist()}
        pairs = [pair._asdict() for pair in self.duplicates(-1.0)], [pair._asdict() for pair in self.outliers()]
        compared = {} if self.compared is None else {"pairs": pairs[0], "outliers": pairs[1]}
        answers = [dict(zip(FOUND, row, strict=True)) for row in self._answers()]
        quality = [dict(stage=name, **own._asdict()) for name, own in zip(STAGES, self.qualities(), strict=False)]
        return corpus | merges | points | compared | {"answers": answers, "quality": quality}

    def to_json(self, request: MatrixRequest) -> bytes:
        """What was asked and what came of it, as a JSON file."""
        asked = request.model_dump(mode="json", exclude={"pasted"})
        told = {"request": asked} | self.to_dict() | {"clusters": self.clusters(request.cluster).tolist()}
        return json.dumps(told, ensure_ascii=False, indent=1).encode()

    def to_csv(self, request: MatrixRequest) -> bytes:
        """A table with one line for each text, answer or query; no cell begins like a formula."""
        file = io.StringIO()
        table = csv.writer(file)
        head, rows = self._table(request)
        table.writerow(head)
        table.writerows([plain_cell(c) if isinstance(c, str) else c for c in row] for row in rows)
        return file.getvalue().encode()

    def _table(self, request: MatrixRequest) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
        if self.judged:
            rows = [(each.query, *each.ranks.tolist()) for each in self.judged]
            return ("query", "rank", "reranked")[: len(rows[0])], rows
        if self.found is not None:
            return FOUND, list(self._answers())
        texts = () if self.corpus is None else self.corpus.texts
        columns: list[Any] = [texts, self.clusters(request.cluster).tolist()]
        columns += [] if self.placed is None else self.placed.points.T.tolist()
        return ("text", "cluster", "x", "y")[: len(columns)], list(zip(*columns, strict=False))

    def _answers(self) -> Iterator[tuple[int, str, float, float | None]]:
        """The rows of the answers, best first."""
        if self.found is None:
            return
        cosines, scores = self.found.cosines.tolist(), self.found.scores.tolist()
        for rank, place in enumerate(self.ranked(), start=1):
            yield rank, self.found.texts[place], cosines[place], scores[place] if scores else None


def fold(view: View | None, frame: Frame) -> View:
    """The view with one more frame; None begins a new one."""
    view = view or View()
    if isinstance(frame, Corpus):
        view.corpus = frame
    elif isinstance(frame, Similarities):
        view.similarities = frame
    elif isinstance(frame, Compared):
        view.compared = frame
    elif isinstance(frame, Placed):
        view.placed = frame
    elif isinstance(frame, Found):
        view.found = frame
    elif isinstance(frame, Judged):
        view.judged.append(frame)
    return view
