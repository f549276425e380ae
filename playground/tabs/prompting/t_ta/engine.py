"""The engine of the panel: both models over the same sentences, or T-TA's influences."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.nets.t_ta import LEAKS, TTA, Leak
from playground.runtime.contracts import Context, Frame
from playground.runtime.errors import InvalidRequest
from playground.tabs.prompting.masked_lm import MaskedLM
from playground.tabs.prompting.patterns import plain_text
from playground.tabs.prompting.t_ta.frames import Influence, Pair, Scored
from playground.tabs.prompting.t_ta.readings import Reading, influence, n_passes, one_pass
from playground.tabs.prompting.t_ta.request import MOST_SENTENCES, T_TA, TTARequest
from playground.tabs.prompting.t_ta.wrong_words import WrongWord, with_wrong_words
from playground.tabs.prompting.tasks import load_task
from playground.tabs.prompting.token_texts import token_texts

VERSION = "1"
FRAMES: tuple[type[Frame], ...] = (Frame, Scored, Pair, Influence)

LONGEST_INFLUENCE = 24  # tokens with [CLS] and [SEP]: more would be too small to see
VARIANTS: tuple[Leak, ...] = ("none", *LEAKS)

NO_SENTENCE = "There is nothing to score: write a sentence, one a line."
TOO_MANY = "There are {count} sentences; at most {most} are possible: remove some."
TOO_LONG = "Sentence {number} is {tokens} tokens long; at most {longest} are possible here: shorten it."
OTHER_VOCABULARY = (
    "This model has another vocabulary than T-TA, so their tokens cannot be compared: choose another one."
)


class _Stopped(Exception):
    """The run was cancelled between two passes."""


def run(request: TTARequest, context: Context) -> Iterator[Frame]:
    """Answer with the chosen exhibit; ends early when the run is cancelled."""
    exhibits = {"scores": _scores, "race": _race, "influence": _influence}
    try:
        yield from exhibits[request.exhibit](request, context)
    except _Stopped:
        return


@dataclass(frozen=True)
class _Models:
    """T-TA and the masked language model that it is compared with."""

    t_ta: TTA
    lm: MaskedLM
    context: Context

    def read(self, ids: list[int], done: float) -> Generator[Frame, None, tuple[list[Reading], list[float]]]:
        """Both readings of a sentence, and the processor time that each took."""
        started = time.process_time()
        fast = one_pass(self.t_ta, self.lm, ids)
        seconds = [time.process_time() - started, 0.0]
        steps = n_passes(self.lm, ids)
        while True:
            started = time.process_time()
            try:
                next(steps)
            except StopIteration as end:
                seconds[1] += time.process_time() - started
                return [fast, end.value], seconds
            seconds[1] += time.process_time() - started
            if self.context.cancelled:
                raise _Stopped
            yield Frame(done)


def _scores(request: TTARequest, context: Context) -> Iterator[Frame]:
    with context.lease(T_TA) as t_ta, context.lease(request.model) as masked:
        rows = _sentences(request, t_ta)
        models = _models(t_ta, masked, context)
        for number, ids in enumerate(rows, start=1):
            readings, seconds = yield from models.read(ids, (number - 1) / len(rows))
            yield Scored(
                done=number / len(rows),
                tokens=token_texts(t_ta.tokenizer, ids[1:-1]),
                log_probability=np.stack([reading.log_p.numpy() for reading in readings]),
                instead=_instead(t_ta.tokenizer, readings),
                seconds=np.array(seconds),
                read=np.array([reading.read for reading in readings], dtype=np.int32),
            )


def _instead(tokenizer: Any, readings: list[Reading]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    fast, slow = (token_texts(tokenizer, reading.likeliest) for reading in readings)
    return fast, slow


def _race(request: TTARequest, context: Context) -> Iterator[Frame]:
    with context.lease(T_TA) as t_ta, context.lease(request.model) as masked:
        models = _models(t_ta, masked, context)
        texts = [example.text for example in load_task("mr").test]
        order = np.random.default_rng(request.seed).permutation(len(texts))[: request.sentences]
        pairs = list(with_wrong_words([texts[place] for place in order], t_ta.tokenizer, request.seed))
        pairs = [pair for pair in pairs if len(pair.ids) <= t_ta.model.shape.longest]
        for number, pair in enumerate(pairs):
            yield (yield from _pair(models, pair, number / len(pairs), (number + 1) / len(pairs)))


def _pair(models: _Models, pair: WrongWord, begun: float, done: float) -> Generator[Frame, None, Pair]:
    """Both sentences under both models, in turn."""
    right, seconds = yield from models.read(pair.ids, begun)
    wrong, more = yield from models.read(pair.wrong, (begun + done) / 2)
    names = models.lm.tokenizer.convert_ids_to_tokens
    return Pair(
        done=done,
        text=pair.text,
        right=names(pair.ids[pair.place]),
        wrong=names(pair.wrong[pair.place]),
        scores=np.array([[float(of.log_p.sum()) for of in both] for both in zip(right, wrong, strict=True)]),
        found=np.array([int(of.log_p.argmin()) == pair.place - 1 for of in wrong]),
        seconds=np.array(seconds) + np.array(more),
        read=np.array([first.read + second.read for first, second in zip(right, wrong, strict=True)], dtype=np.int32),
    )


def _influence(request: TTARequest, context: Context) -> Iterator[Frame]:
    with context.lease(T_TA) as t_ta:
        ids = _sentences(request, t_ta, LONGEST_INFLUENCE, 1)[0]
        matrices = []
        for number, leak in enumerate(VARIANTS, start=1):
            if context.cancelled:
                return
            matrices.append(influence(t_ta.model, ids, leak).double().cpu().numpy())
            yield Frame(number / (len(VARIANTS) + 1))
        yield Influence(1.0, token_texts(t_ta.tokenizer, ids), np.stack(matrices))


def _sentences(request: TTARequest, t_ta: Any, longest: int = 0, most: int | None = None) -> list[list[int]]:
    """The ids of the written sentences, special tokens in them as plain text."""
    lines = request.lines()[:most]
    if not lines:
        raise InvalidRequest(NO_SENTENCE)
    if len(lines) > MOST_SENTENCES:
        raise InvalidRequest(TOO_MANY, count=len(lines), most=MOST_SENTENCES)
    longest = longest or t_ta.model.shape.longest
    texts = [plain_text(line, t_ta.tokenizer) for line in lines]
    rows: list[list[int]] = t_ta.tokenizer(texts, verbose=False)["input_ids"]
    for number, row in enumerate(rows, start=1):
        if len(row) > longest:
            raise InvalidRequest(TOO_LONG, number=number, tokens=len(row) - 2, longest=longest - 2)
    return rows


def _models(t_ta: Any, masked: Any, context: Context) -> _Models:
    if masked.tokenizer.get_vocab() != t_ta.tokenizer.get_vocab():
        raise InvalidRequest(OTHER_VOCABULARY)
    return _Models(t_ta.model, MaskedLM(masked), context)
