"""The decoding engine: many decoders of one prompt, from one forward pass a step and model.

Rows on the same model read the prompt once and then run in lockstep; st and nmst rows run on
variants of the model, each in a batch of its own. Branches are laid down before the rows start.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace

import numpy as np

from playground.runtime.contracts import Context, Frame
from playground.tabs.decoding.batch import Batch
from playground.tabs.decoding.branches import Laid, lay
from playground.tabs.decoding.frames import DecodingEnd, DecodingInspection, DecodingStart, DecodingStep, join_steps
from playground.tabs.decoding.ground import Ground
from playground.tabs.decoding.inspection import inspection
from playground.tabs.decoding.places import Inspect
from playground.tabs.decoding.request import DecodingRequest
from playground.tabs.decoding.rows import Row

VERSION = "4"
FRAMES: tuple[type[Frame], ...] = (Frame, DecodingStart, DecodingInspection, DecodingStep, DecodingEnd)


def run(request: DecodingRequest, context: Context) -> Iterator[Frame]:
    """Continue the prompt under every decoder: a start frame, steps, perhaps an inspection, and an end frame.

    Empty frames come before the start while branches are laid down. Ends early, without an end
    frame, when the run is cancelled.
    """
    with ExitStack() as leases:
        ground = Ground(request, {model: leases.enter_context(context.lease(model)) for model in request.models()})
        laid = yield from lay(request.branch, ground, context)
        if context.cancelled:
            return
        place = _place(ground)
        live = None if place and _is_replayed(place, ground, laid) else place
        batches = [ground.batch(ground.rows_of(model), laid.forced, live) for model in request.models()]
        rows = sorted((row for batch in batches for row in batch.rows), key=lambda row: row.index)
        yield _start(ground, laid, rows, batches[0])
        yield from _steps(batches, ground, len(laid.forced), context, live)
        if context.cancelled:
            return
        if place and place is not live:
            yield from _replayed(place, rows[place.row], ground)
        yield _end(rows, ground.limit, batches[0])


def _place(ground: Ground) -> Inspect | None:
    """The step to inspect, if there is such a row."""
    place = ground.request.inspect
    return place if place and place.row < len(ground.request.decoders) else None


def _is_replayed(place: Inspect, ground: Ground, laid: Laid) -> bool:
    """Whether a step is looked into only after the run: where it is forced, or on the way of a search."""
    return place.step < len(laid.forced) or ground.searches(place.row)


def _start(ground: Ground, laid: Laid, rows: Sequence[Row], first: Batch) -> DecodingStart:
    """What is run."""
    request = ground.request
    return DecodingStart(
        done=0.0,
        prompt=tuple(first.texts[token] for token in ground.prompts[ground.first]),
        forced=tuple(first.texts[token] for token in laid.forced),
        left_out=laid.left_out,
        prompt_dropped=ground.dropped,
        decoders=request.decoders,
        models=request.row_models(),
        bounds=tuple(row.bound for row in rows),
        epsilons=np.array([row.epsilon for row in rows]),
        limit=ground.limit,
        requested=request.length,
        window=ground.window,
        eos=-1 if first.eos is None else first.eos,
    )


def _steps(
    batches: Sequence[Batch], ground: Ground, start: int, context: Context, place: Inspect | None
) -> Iterator[Frame]:
    """Frames of a few steps each, until no row is left or the limit is reached, and the inspection of a step."""
    limit, group = ground.limit, ground.request.steps_per_frame()
    pending: list[DecodingStep] = []
    for step in range(start, limit):
        if context.cancelled:
            return
        pending += [batch.step(step) for batch in batches if batch.active]
        over = not any(batch.active for batch in batches)
        done = (step + 1) / limit
        if over or (step + 1) % group == 0 or step + 1 == limit:
            yield join_steps(pending, done)
            pending = []
        if place and place.step == step:
            yield from _looks(place, batches, done)
        if over:
            return


def _looks(place: Inspect, batches: Sequence[Batch], done: float) -> Iterator[DecodingInspection]:
    """What the batches saw at the inspected step; nothing where the row had ended."""
    for batch in batches:
        if batch.stages:
            yield replace(inspection(place, batch.stages, batch.texts, batch.eos), done=done)


def _replayed(place: Inspect, row: Row, ground: Ground) -> Iterator[DecodingInspection]:
    """The inspection of a step of a finished row's text, which is read once more up to there."""
    if place.step < len(row.tokens):
        batch = ground.batch([place.row], row.tokens[: place.step], place)
        batch.step(place.step)
        yield from _looks(place, [batch], done=1.0)


def _end(rows: Sequence[Row], limit: int, batch: Batch) -> DecodingEnd:
    """How every row ended."""
    loops = [row.loop for row in rows]
    lengths = [len(row.tokens) for row in rows]
    return DecodingEnd(
        done=1.0,
        status=tuple(row.status for row in rows),
        head=np.array([row.head for row in rows], dtype=np.int32),
        length=np.array(lengths, dtype=np.int32),
        loop_onset=np.array([loop.onset if loop else 0 for loop in loops], dtype=np.int32),
        loop_period=np.array([loop.period if loop else 0 for loop in loops], dtype=np.int32),
        loop_copies=np.array([loop.copies if loop else 0 for loop in loops], dtype=np.int32),
        loop_certified_at=np.array([row.certified_at for row in rows], dtype=np.int32),
        log_probability=np.array([row.log_probability for row in rows]),
        steps_saved=np.array(
            [limit - n if row.status == "loop" else 0 for row, n in zip(rows, lengths, strict=True)], dtype=np.int32
        ),
        texts=tuple(batch.texts.join(row.tokens) for row in rows),
    )
