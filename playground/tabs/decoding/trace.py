"""A decoding run as it is drawn and downloaded: the frames folded into one record a row."""

from __future__ import annotations

import csv
import io
import json
import sys
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, cast

import numpy.typing as npt

from playground.runtime.contracts import Frame, Note
from playground.tabs.decoding.frames import DecodingEnd, DecodingInspection, DecodingStart, DecodingStep
from playground.tabs.decoding.loops import Loop
from playground.tabs.decoding.strategies import parse

Status = Literal["running", "stopped", "loop", "limit"]
Alternative = tuple[int, str, float]  # token id, text, probability
ALTERNATIVES = 5  # a token

# The columns of a row's nodes and their types: arrays, since 16 rows of 1,500 tokens are kept for every visitor.
_COLUMNS = {
    "step": "i",
    "parent": "i",
    "tokens": "i",
    "score": "f",  # nats, of all tokens up to this one
    "p_model": "f",
    "p_kept": "f",
    "kept_size": "i",
    "entropy": "f",  # nats
    "p_eos": "f",
    "eos_rank": "i",
    "eos_cut": "b",
    "bound": "f",
}


class Nodes:
    """The tokens that a row has taken, in columns; a search's are a tree, any other row's a chain."""

    def __init__(self) -> None:
        self.columns = {name: array(code) for name, code in _COLUMNS.items()}
        self.texts: list[str] = []
        self.alternatives = array("i")  # 5 token ids a node
        self.chances = array("f")  # and their probabilities

    def __len__(self) -> int:
        return len(self.texts)

    def add(self, values: Sequence[Any], text: str, alternatives: Sequence[int], chances: Sequence[float]) -> None:
        """One node, with its values in the order of the columns."""
        for column, value in zip(self.columns.values(), values, strict=True):
            column.append(value)
        self.texts.append(sys.intern(text))
        self.alternatives.extend(alternatives)
        self.chances.extend(chances)

    def chain(self, head: int) -> Sequence[int]:
        """The nodes from the root to `head`."""
        parents, nodes = self.columns["parent"], []
        while head >= 0:
            nodes.append(head)
            head = parents[head]
        return nodes[::-1]

    def best(self) -> int:
        """The likeliest node of the last step, -1 where there is none."""
        steps, scores = self.columns["step"], self.columns["score"]
        last = max(steps, default=0)
        nodes = (node for node in range(max(0, len(self) - 256), len(self)) if steps[node] == last)
        return max(nodes, key=scores.__getitem__, default=-1)


@dataclass
class RowTrace:
    """One row so far. `row["p_eos"]` is a column with one value for each token of its text, forced ones left out.

    `first` is the step of the first of them: branches laid down the tokens before. `head` is the node
    at which the text ends, known at the end; until then a search shows its likeliest hypothesis.
    """

    decoder: str
    model: str
    bound_kind: str
    epsilon: float
    first: int = 0
    nodes: Nodes = field(default_factory=Nodes)
    head: int | None = None
    status: Status = "running"
    loop: Loop | None = None
    certified_at: int = -1  # step at which the loop became certain, -1 for not yet
    log_probability: float | None = None
    steps_saved: int = 0
    text: str = ""

    def __post_init__(self) -> None:
        self.searches = parse(self.decoder).searches
        self._path: tuple[tuple[int, int | None], Sequence[int]] | None = None

    def __len__(self) -> int:
        """New tokens of its own so far."""
        return len(self.path)

    def __getitem__(self, name: str) -> Sequence[Any]:
        column: Sequence[Any] = self.nodes.texts if name == "texts" else self.nodes.columns[name]
        return [column[node] for node in self.path] if self.searches else column

    @property
    def path(self) -> Sequence[int]:
        """The nodes of the row's text, in order."""
        if not self.searches:
            return range(len(self.nodes))
        state = (len(self.nodes), self.head)
        if self._path is None or self._path[0] != state:
            head = self.nodes.best() if self.head is None else self.head
            self._path = (state, self.nodes.chain(head))
        return self._path[1]

    def alternatives(self) -> Iterator[Sequence[tuple[int, float]]]:
        """The most probable tokens before the filter, id and probability, for each token of the text."""
        for node in self.path:
            chosen = slice(ALTERNATIVES * node, ALTERNATIVES * (node + 1))
            yield list(zip(self.nodes.alternatives[chosen], self.nodes.chances[chosen], strict=True))


@dataclass
class Trace:
    """A run so far. `notes` say what was cut before the start, `done` is the share that is finished.

    `forced` are the tokens that branches laid down for all rows; `texts` those of alternatives, by id.
    """

    prompt: tuple[str, ...] = ()
    forced: tuple[str, ...] = ()
    rows: list[RowTrace] = field(default_factory=list)
    texts: dict[int, str] = field(default_factory=dict)
    limit: int = 0
    eos: int = -1
    notes: tuple[Note, ...] = ()
    inspection: DecodingInspection | None = None
    done: float = 0.0
    finished: bool = False

    def fold(self, frame: Frame) -> None:
        """Take in the next frame."""
        self.done = frame.done
        if isinstance(frame, DecodingStart):
            self._start(frame)
        elif isinstance(frame, DecodingStep):
            self._step(frame)
        elif isinstance(frame, DecodingInspection):
            self.inspection = frame
        elif isinstance(frame, DecodingEnd):
            self._end(frame)

    def _start(self, frame: DecodingStart) -> None:
        self.prompt, self.forced = frame.prompt, frame.forced
        self.limit, self.eos, self.notes = frame.limit, frame.eos, frame.notes()
        kinds = zip(frame.decoders, frame.models, frame.bounds, frame.epsilons.tolist(), strict=True)
        self.rows = [RowTrace(*kind, first=len(frame.forced)) for kind in kinds]

    def _step(self, frame: DecodingStep) -> None:
        entries = zip(*(column.tolist() for column in self._columns(frame)), strict=True)
        loops = zip(*(column.tolist() for column in (frame.loop_onset, frame.loop_period)), strict=True)
        certified, rows = frame.loop_certified_at.tolist(), frame.row.tolist()
        ids, chances = frame.alternatives.tolist(), frame.alternative_probabilities.tolist()
        for i, (values, (onset, period)) in enumerate(zip(entries, loops, strict=True)):
            row = self.rows[rows[i]]
            missing = ALTERNATIVES - len(ids[i])  # of a vocabulary smaller than that
            row.nodes.add(values, frame.text[i], ids[i] + [-1] * missing, chances[i] + [0.0] * missing)
            self.texts.update(zip(ids[i], frame.alternative_texts[i], strict=True))
            if not row.searches:
                row.loop = Loop(onset, period, (row.first + len(row) - onset) // period) if period else None
                row.certified_at = certified[i]
                row.status = "stopped" if row["tokens"][-1] == self.eos else "running"

    def _columns(self, frame: DecodingStep) -> tuple[npt.NDArray[Any], ...]:
        """The values of `_COLUMNS`, in its order."""
        eos_cut = ~frame.eos_kept & (self.eos >= 0)
        chances = (frame.score, frame.probability, frame.kept_probability)
        ends = (frame.p_eos, frame.eos_rank, eos_cut, frame.bound)
        return (frame.step, frame.parent, frame.token, *chances, frame.kept_size, frame.entropy, *ends)

    def _end(self, frame: DecodingEnd) -> None:
        self.finished = True
        for i, row in enumerate(self.rows):
            row.status, row.head = cast(Status, frame.status[i]), int(frame.head[i])
            period = int(frame.loop_period[i])
            row.loop = Loop(int(frame.loop_onset[i]), period, int(frame.loop_copies[i])) if period else None
            row.log_probability = float(frame.log_probability[i])
            row.steps_saved = int(frame.steps_saved[i])
            row.text = frame.texts[i]

    def to_dict(self) -> dict[str, Any]:
        """The run as plain JSON values."""
        return {
            "prompt": "".join(self.prompt),
            "forced": list(self.forced),
            "limit": self.limit,
            "finished": self.finished,
            "notes": [str(note) for note in self.notes],
            "rows": [self._row_dict(row) for row in self.rows],
        }

    def _row_dict(self, row: RowTrace) -> dict[str, Any]:
        values: dict[str, Any] = {name: getattr(row, name) for name in _FACTS}
        values |= {"loop": row.loop and {name: getattr(row.loop, name) for name in ("onset", "period", "copies")}}
        values |= {"length": len(row), "node": list(row.path)}
        values |= {name: list(row[name]) for name in ("texts", *_COLUMNS)}
        values["alternatives"] = [[(id, self.texts.get(id, ""), p) for id, p in step] for step in row.alternatives()]
        tree = {name: list(row.nodes.columns[name]) for name in ("step", "parent", "tokens", "score")}
        return values | ({"tree": tree | {"texts": row.nodes.texts}} if row.searches else {})

    def to_json(self) -> bytes:
        """The run as a JSON file."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=1).encode("utf-8", "replace")

    def to_csv(self) -> bytes:
        """The run as a table with one line a new token."""
        file = io.StringIO()
        table = csv.writer(file)
        table.writerow(("decoder", "model", "node", "texts", *_COLUMNS))
        for row in self.rows:
            lines = zip(row.path, row["texts"], *(row[name] for name in _COLUMNS), strict=True)
            table.writerows((row.decoder, row.model, *line) for line in lines)
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


def fold(trace: Trace | None, frame: Frame) -> Trace:
    """The trace with one more frame; None begins a new one."""
    trace = trace or Trace()
    trace.fold(frame)
    return trace
