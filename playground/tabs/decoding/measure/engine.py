"""The measuring engine: many prefixes under many decoders, a share of the prefixes at a time.

A share goes through all decoders in lockstep; figures come after every share and cover all
shares so far, so no text counts before the texts beside it are over. While the first share is
under way, the survival curves follow its steps.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import numpy as np

from playground.runtime.contracts import Context, Frame
from playground.tabs.decoding.measure.frames import Floats, MeasureResult, MeasureStart
from playground.tabs.decoding.measure.metrics import Distinct, diversity, grid, survival
from playground.tabs.decoding.measure.prefixes import prefixes
from playground.tabs.decoding.measure.request import MeasureRequest
from playground.tabs.decoding.measure.rollout import Rollout
from playground.tabs.decoding.measure.search import search_text
from playground.tabs.decoding.measure.tally import Tally
from playground.tabs.decoding.texts import LONGEST_PROMPT

VERSION = "1"
FRAMES: tuple[type[Frame], ...] = (Frame, MeasureStart, MeasureResult)

ROWS = 256  # texts at once: more are no faster on a CPU
SCORES = 4_000_000  # and no more than make this many logits
MEMORY = 1_000_000_000  # bytes of keys and values they may fill
WORK = 500_000_000  # parameters times rows between two frames: about a tenth of a second
STEP_COST = 16  # rows that a step costs however few there are


def run(request: MeasureRequest, context: Context) -> Iterator[Frame]:
    """Continue every prefix under every decoder; a start frame and ever better figures.

    Ends early when the run is cancelled.
    """
    with ExitStack() as leases:
        loaded = {model: leases.enter_context(context.lease(model)) for model in request.models()}
        first = next(iter(loaded.values()))
        window = min((_window(each.model) for each in loaded.values()), default=0)
        longest = min(LONGEST_PROMPT, window // 2) if window else LONGEST_PROMPT
        prompts, source = prefixes(first, request.models()[0], request.source, request.prefixes, request.seed, longest)
        taken = 0 if first.model.config.is_encoder_decoder else max(map(len, prompts))
        limit = min(request.length, window - taken) if window else request.length
        yield MeasureStart(
            done=0.0,
            decoders=request.decoders,
            models=request.row_models(),
            source=source,
            prefixes=len(prompts),
            limit=limit,
            asked_source=request.source,
            asked_prefixes=request.prefixes,
            asked_limit=request.length,
            window=window,
        )
        yield from _Measurement(request, loaded, prompts, limit).frames(context)


def _window(model: Any) -> int:
    """The longest text that the model can read, in tokens; 0 for no limit."""
    return int(getattr(model.config, "max_position_embeddings", 0) or 0)


class _Measurement:
    """One run: its texts come share by share, its figures grow."""

    def __init__(self, request: MeasureRequest, loaded: dict[str, Any], prompts: list[list[int]], limit: int) -> None:
        self._request, self._loaded, self._prompts, self._limit = request, loaded, prompts, limit
        self._started = time.perf_counter()
        self._grid = grid(limit)
        rows = list(zip(request.strategies(), request.row_models(), strict=True))
        self._together = {
            model: [(i, s) for i, (s, on) in enumerate(rows) if on == model and not s.searches] for model in loaded
        }
        self._searching = [(i, s, on) for i, (s, on) in enumerate(rows) if s.searches]
        self._tallies = [
            Tally(limit, Distinct(max(len(loaded[on].tokenizer), loaded[on].model.config.vocab_size))) for _, on in rows
        ]
        self._work = 0

    def frames(self, context: Context) -> Iterator[Frame]:
        """Progress and figures until all prefixes are continued or the run is cancelled."""
        size = self._share()
        for start in range(0, len(self._prompts), size):
            places = range(start, min(start + size, len(self._prompts)))
            for frame in self._share_frames(places):
                if context.cancelled:
                    return
                yield frame
            yield self._figures(places.stop)

    def _share(self) -> int:
        """How many prefixes are continued at once: the same whatever the machine."""
        most = ROWS
        for each in self._loaded.values():
            most = min(most, SCORES // each.model.config.vocab_size, MEMORY // max(1, self._row_bytes(each.model)))
        decoders = max((len(strategies) for strategies in self._together.values()), default=0)
        return max(1, most // max(1, decoders)) if decoders else 8

    def _row_bytes(self, model: Any) -> int:
        """What one text's keys and values fill in the end; recurrent models have none."""
        config = model.config
        if not hasattr(config, "num_attention_heads"):
            return 0
        longest = max(map(len, self._prompts)) + self._limit
        return 8 * longest * int(config.num_hidden_layers) * int(config.hidden_size)

    def _share_frames(self, places: range) -> Iterator[Frame]:
        """Continue some of the prefixes; frames come after every tenth of a second or so, by the work done."""
        prompts = [self._prompts[i] for i in places]
        seeds = [self._request.seed + i for i in places]
        rollouts = [
            Rollout(self._loaded[model], strategies, prompts, seeds, self._limit, self._request.certificate)
            for model, strategies in self._together.items()
            if strategies
        ]
        for step in range(self._limit):
            running = [rollout for rollout in rollouts if rollout.active]
            if not running:
                break
            for rollout in running:
                rollout.step(step)
            if self._worked(sum((r.active + STEP_COST) * _parameters(r.model) for r in running)):
                yield self._under_way(places, rollouts, step + 1)
        for rollout in rollouts:
            for index, texts in rollout.texts().items():
                self._tallies[index].add(texts)
        yield from self._searches(places, prompts, seeds)

    def _searches(self, places: range, prompts: list[list[int]], seeds: list[int]) -> Iterator[Frame]:
        """Continue the prefixes by the decoders that search, one text after the other."""
        for index, strategy, model in self._searching:
            for n, (prompt, seed) in enumerate(zip(prompts, seeds, strict=True)):
                search = search_text(self._loaded[model], strategy, prompt, seed, self._limit)
                done = (places.start + n / len(prompts) * len(places)) / len(self._prompts)
                for rows in search.steps():
                    if self._worked((rows + STEP_COST) * _parameters(self._loaded[model].model)):
                        yield Frame(done)
                self._tallies[index].add(search.text())

    def _worked(self, work: int) -> bool:
        """Whether enough was done since the last frame for the next one."""
        self._work += work
        if self._work < WORK:
            return False
        self._work = 0
        return True

    def _under_way(self, places: range, rollouts: list[Rollout], steps: int) -> Frame:
        done = (places.start + len(places) * steps / self._limit) / len(self._prompts)
        if places.start or self._searching:
            return Frame(done)
        curves = {index: ends for rollout in rollouts for index, ends in rollout.ends().items()}
        shown = self._grid[self._grid <= steps]
        count = len(self._tallies)
        unknown = np.full(count, np.nan)
        zeros = np.zeros(count, dtype=np.int64)
        return MeasureResult(
            done=done,
            prefixes=len(places),
            steps=steps,
            endless=np.array([int((~curves[i][1]).sum()) for i in range(count)]),
            certified=np.array([int(curves[i][2].sum()) for i in range(count)]),
            looping=zeros,
            grid=shown,
            survival=np.array([survival(curves[i][0], curves[i][1], shown) for i in range(count)]),
            tokens=zeros,
            seq_rep=np.full((count, 4), np.nan),
            distinct=np.full((count, 3), np.nan),
            diversity=unknown,
            cross_entropy=unknown,
            entropy=unknown,
            steps_run=zeros,
            steps_saved=zeros,
            seconds=time.perf_counter() - self._started,
        )

    def _figures(self, count: int) -> MeasureResult:
        """The figures over the first `count` prefixes, all of them over."""
        tallies = self._tallies
        seq_rep = np.array([tally.mean_repetition() for tally in tallies])
        return MeasureResult(
            done=count / len(self._prompts),
            prefixes=count,
            steps=self._limit,
            endless=np.array([count - tally.ended for tally in tallies]),
            certified=np.array([tally.certified for tally in tallies]),
            looping=np.array([tally.looping for tally in tallies]),
            grid=self._grid,
            survival=np.array([tally.survival(self._grid) for tally in tallies]),
            tokens=np.array([tally.tokens for tally in tallies]),
            seq_rep=seq_rep,
            distinct=np.array([tally.distinct.shares() for tally in tallies]),
            diversity=np.array([diversity(shares) for shares in seq_rep]),
            cross_entropy=_mean([tally.nats for tally in tallies], tallies),
            entropy=_mean([tally.entropy for tally in tallies], tallies),
            steps_run=np.array([tally.steps_run for tally in tallies]),
            steps_saved=np.array([tally.steps_saved for tally in tallies]),
            seconds=time.perf_counter() - self._started,
        )


def _mean(sums: list[float], tallies: list[Tally]) -> Floats:
    """Sums by the token."""
    means: Floats = np.array(sums) / np.array([max(1, tally.tokens) for tally in tallies])
    return means


def _parameters(model: Any) -> int:
    return sum(parameter.numel() for parameter in model.parameters())
