"""A run as it is shown: the methods, their scores and reasons as far as they are there."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass, field, replace
from typing import Any

from playground.runtime.contracts import Frame
from playground.tabs.matching.frames import Aligned, Occluded, Question, Scored
from playground.tabs.matching.methods import method_of


@dataclass(frozen=True)
class Trace:
    """What a run has told so far, by method."""

    question: Question | None = None
    scored: dict[str, Scored] = field(default_factory=dict)
    aligned: dict[str, Aligned] = field(default_factory=dict)
    occluded: dict[str, Occluded] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Everything told, as plain data."""
        return {"language": self.question.language if self.question else "", "methods": self._rows()}

    def to_json(self) -> bytes:
        """The download as JSON, the token cosines included."""
        aligned = {
            id: {"first": each.first, "second": each.second, "cosines": each.cosines.tolist()}
            for id, each in self.aligned.items()
        }
        return json.dumps(self.to_dict() | {"alignment": aligned}, ensure_ascii=False, indent=1).encode()

    def to_csv(self) -> bytes:
        """The download as CSV: one line a method."""
        out = io.StringIO()
        writer = csv.DictWriter(out, ["method", "label", "kind", "model", "score", "score_b", "seconds"])
        writer.writeheader()
        writer.writerows(self._rows())
        return out.getvalue().encode()

    def _rows(self) -> list[dict[str, Any]]:
        return [_row(each) for each in self.scored.values()]


def fold(view: Trace | None, frame: Frame) -> Trace:
    """The view after one more frame."""
    view = view or Trace()
    if isinstance(frame, Scored):
        return replace(view, scored=view.scored | {frame.method: frame})
    if isinstance(frame, Aligned):
        return replace(view, aligned=view.aligned | {frame.method: frame})
    if isinstance(frame, Occluded):
        return replace(view, occluded=view.occluded | {frame.method: frame})
    assert isinstance(frame, Question)
    return Trace(frame)


def _row(scored: Scored) -> dict[str, Any]:
    method = method_of(scored.method)
    return {
        "method": method.id,
        "label": method.label,
        "kind": method.kind,
        "model": method.model or "",
        "score": scored.scores[0],
        "score_b": scored.scores[1] if len(scored.scores) > 1 else "",
        "seconds": scored.seconds,
    }
