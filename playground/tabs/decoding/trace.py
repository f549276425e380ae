"""A decoding run as it is drawn and downloaded: the frames folded into one record a row."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from playground.runtime.contracts import Frame, Note
from playground.tabs.decoding.frames import DecodingEnd, DecodingStart, DecodingStep
from playground.tabs.decoding.loops import Loop

Status = Literal["running", "stopped", "loop", "limit"]
Alternative = tuple[int, str, float]  # token id, text, probability


@dataclass
class RowTrace:
    """One row so far; lists have one value a new token, in order."""

    decoder: str
    model: str
    bound_kind: str
    epsilon: float
    tokens: list[int] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    p_model: list[float] = field(default_factory=list)
    p_kept: list[float] = field(default_factory=list)
    kept_size: list[int] = field(default_factory=list)
    entropy: list[float] = field(default_factory=list)  # nats
    p_eos: list[float] = field(default_factory=list)
    eos_rank: list[int] = field(default_factory=list)
    eos_cut: list[bool] = field(default_factory=list)
    bound: list[float] = field(default_factory=list)
    alternatives: list[tuple[Alternative, ...]] = field(default_factory=list)
    status: Status = "running"
    loop: Loop | None = None
    certified_at: int = -1  # step at which the loop became certain, -1 for not yet
    log_probability: float | None = None
    steps_saved: int = 0
    text: str = ""

    def __len__(self) -> int:
        """New tokens so far."""
        return len(self.tokens)


@dataclass
class Trace:
    """A run so far. `notes` say what was cut before the start, `done` is the share that is finished."""

    prompt: tuple[str, ...] = ()
    rows: list[RowTrace] = field(default_factory=list)
    limit: int = 0
    eos: int = -1
    notes: tuple[Note, ...] = ()
    done: float = 0.0
    finished: bool = False

    def fold(self, frame: Frame) -> None:
        """Take in the next frame."""
        self.done = frame.done
        if isinstance(frame, DecodingStart):
            self._start(frame)
        elif isinstance(frame, DecodingStep):
            for entry in range(len(frame.row)):
                self._add(frame, entry)
        elif isinstance(frame, DecodingEnd):
            self._end(frame)

    def _start(self, frame: DecodingStart) -> None:
        self.prompt, self.limit, self.eos, self.notes = frame.prompt, frame.limit, frame.eos, frame.notes()
        kinds = zip(frame.decoders, frame.models, frame.bounds, frame.epsilons.tolist(), strict=True)
        self.rows = [RowTrace(*kind) for kind in kinds]

    def _add(self, frame: DecodingStep, entry: int) -> None:
        row = self.rows[int(frame.row[entry])]
        row.tokens.append(int(frame.token[entry]))
        row.texts.append(frame.text[entry])
        row.p_model.append(float(frame.probability[entry]))
        row.p_kept.append(float(frame.kept_probability[entry]))
        row.kept_size.append(int(frame.kept_size[entry]))
        row.entropy.append(float(frame.entropy[entry]))
        row.p_eos.append(float(frame.p_eos[entry]))
        row.eos_rank.append(int(frame.eos_rank[entry]))
        row.eos_cut.append(self.eos >= 0 and not bool(frame.eos_kept[entry]))
        row.bound.append(float(frame.bound[entry]))
        chances = frame.alternative_probabilities[entry].tolist()
        best = zip(frame.alternatives[entry].tolist(), frame.alternative_texts[entry], chances, strict=True)
        row.alternatives.append(tuple(best))
        period, onset = int(frame.loop_period[entry]), int(frame.loop_onset[entry])
        row.loop = Loop(onset, period, (len(row) - onset) // period) if period else None
        row.certified_at = int(frame.loop_certified_at[entry])
        if row.tokens[-1] == self.eos:
            row.status = "stopped"

    def _end(self, frame: DecodingEnd) -> None:
        self.finished = True
        for i, row in enumerate(self.rows):
            row.status = cast(Status, frame.status[i])
            row.log_probability = float(frame.log_probability[i])
            row.steps_saved = int(frame.steps_saved[i])
            row.text = frame.texts[i]

    def to_dict(self) -> dict[str, Any]:
        """The run as plain JSON values."""
        return {
            "prompt": "".join(self.prompt),
            "limit": self.limit,
            "finished": self.finished,
            "notes": [str(note) for note in self.notes],
            "rows": [_row_dict(row) for row in self.rows],
        }

    def to_json(self) -> bytes:
        """The run as a JSON file."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=1).encode("utf-8", "replace")

    def to_csv(self) -> bytes:
        """The run as a table with one line a new token."""
        file = io.StringIO()
        table = csv.writer(file)
        table.writerow(("decoder", "model", "step", *_COLUMNS))
        for row in self.rows:
            columns = zip(*(getattr(row, name) for name in _COLUMNS), strict=True)
            table.writerows((row.decoder, row.model, step, *values) for step, values in enumerate(columns))
        return file.getvalue().encode("utf-8", "replace")


_FACTS = (
    "decoder",
    "model",
    "bound_kind",
    "epsilon",
    "status",
    "certified_at",
    "log_probability",
    "steps_saved",
    "text",
)
_COLUMNS = ("tokens", "texts", "p_model", "p_kept", "kept_size", "entropy", "p_eos", "eos_rank", "eos_cut", "bound")


def fold(trace: Trace | None, frame: Frame) -> Trace:
    """The trace with one more frame; None begins a new one."""
    trace = trace or Trace()
    trace.fold(frame)
    return trace


def _row_dict(row: RowTrace) -> dict[str, Any]:
    loop = row.loop and {"onset": row.loop.onset, "period": row.loop.period, "copies": row.loop.copies}
    values = {name: getattr(row, name) for name in (*_FACTS, *_COLUMNS, "alternatives")}
    return values | {"loop": loop, "length": len(row)}
