"""The engine of the panel: one exhibit a run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import numpy as np

from playground.runtime.contracts import Context, Frame
from playground.runtime.errors import InvalidRequest
from playground.tabs.decoding.texts import TextStream, TokenTexts
from playground.tabs.decoding.why.bigrams import Counts, Eos, Floats, distributions, nucleus, storybooks, top_k
from playground.tabs.decoding.why.bounds import latest_greedy_stop, lower_bound
from playground.tabs.decoding.why.frames import BigramChosen, BigramCut, Bound, ProbeStart, ProbeStep
from playground.tabs.decoding.why.probe import Copy, Probe, random_ids, sentence_ids
from playground.tabs.decoding.why.repetition import (
    certain_cycles,
    eigenvalues,
    lower_estimate,
    never_stops,
    remaining,
    repetition,
    row_maximum,
)
from playground.tabs.decoding.why.request import WhyRequest

VERSION = "1"
FRAMES: tuple[type[Frame], ...] = (Frame, ProbeStart, ProbeStep, BigramCut, BigramChosen, Bound)

EOS: tuple[Eos, ...] = ("plain", "kept", "dropped")
LONGEST_SENTENCE = 128  # tokens
EIGENVALUES = 12
TABLE = (1e-2, 1e-3, 5e-4, 1e-4, 5e-5, 1e-5)
NO_SENTENCE = "There is nothing to repeat: write a sentence and run again."


def run(request: WhyRequest, context: Context) -> Iterator[Frame]:
    """Answer with the chosen exhibit; ends early when the run is cancelled."""
    exhibits = {"repetition": _probe, "bigram": _bigrams, "bound": _bound}
    yield from exhibits[request.exhibit](request, context)


@dataclass(frozen=True)
class _Series:
    """One sentence under one model."""

    model: str
    loaded: Any
    ids: list[int]
    length: int  # before the cut
    is_control: bool

    def texts(self) -> tuple[str, ...]:
        stream = TextStream(TokenTexts(self.loaded.tokenizer))
        return tuple(stream.push(token) for token in self.ids)


def _probe(request: WhyRequest, context: Context) -> Iterator[Frame]:
    with ExitStack() as leases:
        loaded = {model: leases.enter_context(context.lease(model)) for model in request.models()}
        series = [each for model, of in loaded.items() for each in _series(request, model, of)]
        windows = [getattr(each.loaded.model.config, "max_position_embeddings", 0) or 0 for each in series]
        fit = [(window - 1) // len(each.ids) for window, each in zip(windows, series, strict=True) if window]
        repeats = max(1, min([request.repeats, *fit]))
        yield ProbeStart(
            done=0.0,
            models=tuple(each.model for each in series),
            sentences=tuple("".join(each.texts()) for each in series),
            controls=np.array([each.is_control for each in series]),
            tokens=tuple(each.texts() for each in series),
            lengths=np.array([each.length for each in series], dtype=np.int32),
            repeats=repeats,
            requested=request.repeats,
            window=min(filter(None, windows), default=0),
        )
        yield from _repeats(
            [Probe(each.loaded.model, each.loaded.tokenizer, each.ids) for each in series], repeats, context
        )


def _series(request: WhyRequest, model: str, loaded: Any) -> Iterator[_Series]:
    """The sentence and its control under one model."""
    window = getattr(loaded.model.config, "max_position_embeddings", 0) or 0
    longest = min(LONGEST_SENTENCE, window - 1) if window else LONGEST_SENTENCE
    ids = sentence_ids(loaded.tokenizer, request.sentence)
    if not ids:
        raise InvalidRequest(NO_SENTENCE)
    yield _Series(model, loaded, ids[:longest], len(ids), False)
    beside = sentence_ids(loaded.tokenizer, request.beside) if request.beside.strip() else []
    beside = beside or random_ids(loaded.tokenizer, len(ids[:longest]), request.seed)
    yield _Series(model, loaded, beside[:longest], len(beside), True)


def _repeats(probes: list[Probe], repeats: int, context: Context) -> Iterator[Frame]:
    """One step frame a copy, and a plain one for each stretch of it that was read."""
    for repeat in range(1, repeats + 1):
        copies: list[Copy] = []
        for probe in probes:
            for copy in probe.stretches():
                if context.cancelled:
                    return
                if copy is not None:
                    copies.append(copy)
                else:
                    yield Frame((repeat - 1 + len(copies) / len(probes)) / repeats)
        yield _step(copies, repeat, repeats)


def _step(copies: list[Copy], repeat: int, repeats: int) -> ProbeStep:
    return ProbeStep(
        done=repeat / repeats,
        repeat=repeat,
        log_probability=np.array([float(copy.log_p.double().sum()) for copy in copies]),
        mean_probability=np.array([float(copy.log_p.double().mean().exp()) for copy in copies]),
        lowest=np.array([float(copy.log_p.min().exp()) for copy in copies]),
        most_probable=np.array([float(copy.most_probable.double().mean()) for copy in copies]),
        p_eos=np.array([copy.p_eos for copy in copies]),
    )


def _bigrams(request: WhyRequest, context: Context) -> Iterator[Frame]:
    counts = storybooks()
    p = distributions(counts.counts, request.temperature)
    chosen = float(request.k if request.truncation == "top-k" else request.mass)
    yield _chosen(p, counts, request.truncation, chosen)
    levels = _levels(request.truncation, chosen)
    for number, level in enumerate(levels, start=1):
        if context.cancelled:
            return
        yield _cut(p, counts.starts, request.truncation, level, number / len(levels))


def _levels(truncation: str, chosen: float) -> list[float]:
    """The cuts of the curve, those a reader looks for and the chosen one among them."""
    if truncation == "top-k":
        return sorted({*np.geomspace(1, 256, 33).round().tolist(), 3.0, 5.0, 6.0, 7.0, chosen})
    return sorted({*(round(step / 20, 2) for step in range(1, 21)), 0.01, 0.97, 0.99, chosen})


def _matrices(p: Floats, truncation: str, level: float) -> list[Floats]:
    """The cut transitions (n, n) for each treatment of <eos>."""
    cut = (top_k(p, int(level), eos) if truncation == "top-k" else nucleus(p, level, eos) for eos in EOS)
    return [matrix[:, :-1] for matrix in cut]


def _cut(p: Floats, starts: Floats, truncation: str, level: float, done: float) -> BigramCut:
    matrices = _matrices(p, truncation, level)
    return BigramCut(
        done=done,
        level=level,
        repetition=np.array([repetition(matrix) for matrix in matrices]),
        row_maximum=np.array([row_maximum(matrix) for matrix in matrices]),
        never_stops=np.array([never_stops(matrix, starts) for matrix in matrices]),
        lower_estimate=lower_estimate(matrices[0]),
    )


def _chosen(p: Floats, counts: Counts, truncation: str, level: float) -> BigramChosen:
    matrices = _matrices(p, truncation, level)
    cycles = (certain_cycles(matrix) for matrix in matrices)
    return BigramChosen(
        done=0.0,
        cut=_cut(p, counts.starts, truncation, level, 0.0),
        lower_estimate=np.array([lower_estimate(matrix) for matrix in matrices]),
        eigenvalues=np.array([np.abs(eigenvalues(matrix))[:EIGENVALUES] for matrix in matrices]),
        remaining=np.array([remaining(matrix) for matrix in matrices]),
        cycles=tuple(tuple(tuple(counts.texts[token] for token in cycle) for cycle in each) for each in cycles),
    )


def _bound(request: WhyRequest, context: Context) -> Iterator[Frame]:
    curve = np.geomspace(1e-6, 0.5, 120).tolist()
    epsilons = [*TABLE, *curve, request.epsilon]
    yield Bound(
        done=1.0,
        limit=request.limit,
        table=len(TABLE),
        epsilons=np.array(epsilons),
        latest=np.array([latest_greedy_stop(epsilon) for epsilon in epsilons], dtype=np.int64),
        reached=np.array([lower_bound(epsilon, request.limit) for epsilon in epsilons]),
    )
