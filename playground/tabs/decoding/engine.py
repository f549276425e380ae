"""The decoding engine: many decoders of one prompt, from one forward pass a step and model.

Rows on the same model read the prompt once and then run in lockstep; st and nmst rows run on
variants of the model, each in a batch of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import numpy as np

from playground.runtime.contracts import Context, Frame
from playground.tabs.decoding.batch import Batch
from playground.tabs.decoding.frames import DecodingEnd, DecodingStart, DecodingStep, join_steps
from playground.tabs.decoding.request import DecodingRequest
from playground.tabs.decoding.rows import Row
from playground.tabs.decoding.texts import LONGEST_PROMPT, encode_prompt

VERSION = "2"
FRAMES: tuple[type[Frame], ...] = (DecodingStart, DecodingStep, DecodingEnd)


def run(request: DecodingRequest, context: Context) -> Iterator[Frame]:
    """Continue the prompt under every decoder; a start frame, steps, and an end frame.

    Ends early, without an end frame, when the run is cancelled.
    """
    with ExitStack() as leases:
        loaded = {model: leases.enter_context(context.lease(model)) for model in request.models()}
        window = min((_window(each.model) for each in loaded.values()), default=0)
        longest = min(LONGEST_PROMPT, window // 2) if window else LONGEST_PROMPT
        prompts = {id: encode_prompt(each.tokenizer, request.prompt, longest) for id, each in loaded.items()}
        prompt, dropped = prompts[request.models()[0]]
        limit = min(request.length, window - len(prompt)) if window else request.length
        batches = {model: _batch(request, model, each, limit) for model, each in loaded.items()}
        rows = sorted((row for batch in batches.values() for row in batch.rows), key=lambda row: row.index)
        first = batches[request.models()[0]]
        yield DecodingStart(
            done=0.0,
            prompt=tuple(first.texts[token] for token in prompt),
            forced=(),
            left_out=(),
            prompt_dropped=dropped,
            decoders=request.decoders,
            models=request.row_models(),
            bounds=tuple(row.bound for row in rows),
            epsilons=np.array([row.epsilon for row in rows]),
            limit=limit,
            requested=request.length,
            window=window,
            eos=-1 if first.eos is None else first.eos,
        )
        for model, batch in batches.items():
            batch.read_prompt(prompts[model][0])
        yield from _steps(list(batches.values()), limit, request.steps_per_frame(), context)
        if not context.cancelled:
            yield _end(rows, limit, first)


def _window(model: Any) -> int:
    """The longest text that the model can read, in tokens; 0 for no limit."""
    return int(getattr(model.config, "max_position_embeddings", 0) or 0)


def _batch(request: DecodingRequest, model: str, loaded: Any, limit: int) -> Batch:
    """The rows that run on one model."""
    rows = zip(request.strategies(), request.row_models(), strict=True)
    strategies = [(index, strategy) for index, (strategy, on) in enumerate(rows) if on == model]
    return Batch(loaded, strategies, limit, request.seed, request.loop_stop)


def _steps(batches: list[Batch], limit: int, group: int, context: Context) -> Iterator[DecodingStep]:
    """Frames of up to `group` steps each, until no row is left or the limit is reached."""
    pending: list[DecodingStep] = []
    for step in range(limit):
        if context.cancelled:
            return
        pending += [batch.step(step) for batch in batches if batch.active]
        over = not any(batch.active for batch in batches)
        if over or (step + 1) % group == 0 or step + 1 == limit:
            yield join_steps(pending, done=(step + 1) / limit)
            pending = []
        if over:
            return


def _end(rows: list[Row], limit: int, batch: Batch) -> DecodingEnd:
    """How every row ended."""
    loops = [row.loop for row in rows]
    lengths = [len(row.tokens) for row in rows]
    return DecodingEnd(
        done=1.0,
        status=tuple(row.status for row in rows),
        head=np.array(lengths, dtype=np.int32) - 1,
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
