"""A run of the panel as it is drawn and downloaded: the frames of one exhibit, in order."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from playground.runtime.contracts import Frame
from playground.tabs.prompting.t_ta.frames import Floats, Influence, Pair, Scored

MODELS = ("T-TA, one pass", "masked LM, n passes")
VARIANTS = ("T-TA", "diagonal not masked", "values from the layer below", "queries start from the token")
Row = dict[str, Any]


@dataclass
class Trace:
    """A run so far; what belongs to another exhibit stays empty."""

    scored: list[Scored] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)
    influence: Influence | None = None

    def fold(self, frame: Frame) -> None:
        """Take in the next frame."""
        if isinstance(frame, Scored):
            self.scored.append(frame)
        elif isinstance(frame, Pair):
            self.pairs.append(frame)
        elif isinstance(frame, Influence):
            self.influence = frame

    def costs(self) -> tuple[Floats, Floats]:
        """Processor seconds (2,) and tokens read (2,) of both models over the whole run."""
        frames: Sequence[Scored | Pair] = self.scored or self.pairs
        return np.sum([of.seconds for of in frames], axis=0), np.sum([of.read for of in frames], axis=0)

    def rows(self) -> list[Row]:
        """The run as a table: a line a token, a pair, or a pair of tokens and variant."""
        return [*self._token_rows(), *self._pair_rows(), *self._influence_rows()]

    def _token_rows(self) -> Iterator[Row]:
        for number, scored in enumerate(self.scored, start=1):
            for place, token in enumerate(scored.tokens):
                fast, slow = scored.log_probability[:, place].tolist()
                yield {
                    "sentence": number,
                    "place": place + 1,
                    "token": token,
                    "log_p_t_ta": fast,
                    "log_p_masked": slow,
                    "instead_t_ta": scored.instead[0][place],
                    "instead_masked": scored.instead[1][place],
                }

    def _pair_rows(self) -> Iterator[Row]:
        for pair in self.pairs:
            for model, name in enumerate(("t_ta", "masked")):
                yield {
                    "text": pair.text,
                    "right": pair.right,
                    "wrong": pair.wrong,
                    "model": name,
                    "score_right": float(pair.scores[model, 0]),
                    "score_wrong": float(pair.scores[model, 1]),
                    "found": bool(pair.found[model]),
                }

    def _influence_rows(self) -> Iterator[Row]:
        if self.influence is None:
            return
        for variant, matrix in zip(VARIANTS, self.influence.matrices.tolist(), strict=True):
            for output, row in enumerate(matrix):
                for token, value in enumerate(row):
                    yield {"variant": variant, "output": output, "token": token, "influence": value}

    def to_dict(self) -> dict[str, Any]:
        """The run as plain JSON values."""
        answer: dict[str, Any] = {"rows": self.rows()}
        if self.scored or self.pairs:
            seconds, read = self.costs()
            answer |= {"processor_seconds": seconds.tolist(), "tokens_read": read.tolist()}
        return answer

    def to_json(self) -> bytes:
        """The run as a JSON file."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=1).encode("utf-8", "replace")

    def to_csv(self) -> bytes:
        """The run as a table."""
        rows, file = self.rows(), io.StringIO()
        table = csv.DictWriter(file, fieldnames=list(rows[0]) if rows else [])
        table.writeheader()
        table.writerows(rows)
        return file.getvalue().encode("utf-8", "replace")


def fold(trace: Trace | None, frame: Frame) -> Trace:
    """The trace with one more frame; None begins a new one."""
    trace = trace or Trace()
    trace.fold(frame)
    return trace
