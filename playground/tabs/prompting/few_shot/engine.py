"""The engine of the panel: training after training on the same splits, streamed; it pauses and goes on."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import numpy as np

from playground.runtime.contracts import Context, Frame, State
from playground.tabs.prompting.few_shot.frames import FewShotResult, FewShotSplit, FewShotStart, FewShotStep
from playground.tabs.prompting.few_shot.generations import told_sets
from playground.tabs.prompting.few_shot.given import Given, given
from playground.tabs.prompting.few_shot.measures import confusion_of, macro_f1
from playground.tabs.prompting.few_shot.method import METHODS, Array, Progress, Setting
from playground.tabs.prompting.few_shot.request import FewShotRequest, Training, seconds_of
from playground.tabs.prompting.few_shot.splits import k_per_class
from playground.tabs.prompting.tasks import Example
from playground.tabs.prompting.verbalizers import label_ids

VERSION = "1"
FRAMES: tuple[type[Frame], ...] = (Frame, FewShotStart, FewShotSplit, FewShotStep, FewShotResult)

Examples = tuple[Example, ...]
EVERY = 5  # training steps between two frames that tell the loss


def run(request: FewShotRequest, context: Context) -> Iterator[Frame]:
    """Train every method with every K and seed: a start frame, steps, and a result for each training.

    Goes on from the context's State, and saves one however it ends; ends early when the run is cancelled.
    """
    found = given(request, context.attachment)
    with ExitStack() as leases:
        model, *others = [leases.enter_context(context.lease(id)) for id in request.models()]
        if any(METHODS[name].prompted for name in request.methods):
            label_ids(found.verbalizer, model.tokenizer)
        if context.resume is None:
            yield _start(request, found)
        trainings = _Trainings(request, found, model, others[0] if others else None, context)
        try:
            yield from trainings.frames()
        finally:
            context.save(trainings.state())


def _start(request: FewShotRequest, found: Given) -> FewShotStart:
    def counts(examples: Any) -> Array:
        return np.array([sum(each.label == label for each in examples) for label in found.labels])

    return FewShotStart(
        done=0.0,
        task=found.name,
        own=request.is_own(),
        model=request.masked_model(),
        encoder=request.encoder() or "",
        labels=found.labels,
        pool=counts(found.pool),
        test=counts(found.test),
        patterns=tuple(pattern.template for pattern in found.patterns),
        words=tuple(found.verbalizer.words.values()),
        notes=tuple((note.message, {key: str(value) for key, value in note.values.items()}) for note in found.notes),
    )


class _Trainings:
    """The trainings of one run: `over` of them are, and `outcomes` are those of the next one's finished stages."""

    def __init__(self, request: FewShotRequest, found: Given, model: Any, encoder: Any, context: Context) -> None:
        self._request, self._given, self._context = request, found, context
        self._model, self._encoder = model, encoder
        self._all = request.trainings()
        self._costs = [seconds_of(request, each) for each in self._all]
        self._gold = np.array([found.labels.index(example.label) for example in found.test])
        self._hidden: dict[object, Any] = {}
        self.over, self.outcomes = 0, dict[str, Array]()
        if context.resume is not None:
            self.over, self.outcomes = context.resume.step, dict(context.resume.arrays)

    def frames(self) -> Iterator[Frame]:
        """What is left of the run."""
        for place in range(self.over, len(self._all)):
            yield from self._training(place)
            if self._context.cancelled:
                return

    def state(self) -> State:
        """Where the run is, to go on from."""
        return State(self.over, dict(self.outcomes))

    def _training(self, place: int) -> Iterator[Frame]:
        """One training from its finished stages on: its steps, and its result if it comes to its end."""
        training = self._all[place]
        if place % (len(self._all) // self._request.seeds) == 0:
            yield self._split(training.seed, self._done(place))
        train, pool = self._texts(training)
        report = _Report(training, self._given.labels, self._gold, pool, self._done(place), self._done(place + 1))
        progress = METHODS[training.method].run(self._setting(training, train, pool), self.outcomes)
        started = time.process_time()
        for each in progress:
            report.seconds += time.process_time() - started
            if self._context.cancelled:
                return
            yield report.frame(each)
            started = time.process_time()
        yield report.result()
        self.over += 1
        self.outcomes.clear()

    def _split(self, seed: int, done: float) -> FewShotSplit:
        chosen, _ = k_per_class(self._given.pool, self._given.labels, max(self._request.shots), seed)
        return FewShotSplit(done, seed, tuple(each.text for each in chosen), tuple(each.label for each in chosen))

    def _texts(self, training: Training) -> tuple[Examples, Examples]:
        """What a training learns from: its split, and of the rest as many as are asked, whose labels it never sees."""
        train, rest = k_per_class(self._given.pool, self._given.labels, training.shots, training.seed)
        order = np.random.default_rng(training.seed).permutation(len(rest))[: self._request.unlabelled]
        return train, tuple(rest[place] for place in order)

    def _setting(self, training: Training, train: Examples, pool: Examples) -> Setting:
        found = self._given
        return Setting(
            model=self._model,
            encoder=self._encoder,
            labels=found.labels,
            train=train,
            unlabelled=tuple(example.text for example in pool),
            test=tuple(example.text for example in found.test),
            patterns=found.patterns,
            verbalizer=found.verbalizer,
            seed=training.seed,
            options=self._request.options(),
            hidden=self._hidden,
        )

    def _done(self, place: int) -> float:
        return sum(self._costs[:place]) / sum(self._costs)


class _Report:
    """What is told of one training, between two shares of the whole run."""

    def __init__(
        self, training: Training, labels: tuple[str, ...], gold: Array, pool: Examples, first: float, last: float
    ) -> None:
        self._training, self._labels, self._gold, self._pool = training, labels, gold, pool
        self._done, self._last = first, last
        self._stage = ""
        self._probabilities: Array | None = None
        self._details: dict[str, Any] = {}
        self.seconds = 0.0

    def frame(self, progress: Progress) -> Frame:
        """A step, or an empty frame where there is nothing new to draw."""
        # Nobody knows how long a training's stages are: each step takes a hundredth of what is left.
        self._done += 0.01 * (self._last - self._done)
        details = self._told(progress)
        found = any(name != "loss" and self._details.get(name) != value for name, value in details.items())
        news = found or progress.stage != self._stage or progress.probabilities is not None
        self._details |= details
        self._stage = progress.stage
        if progress.probabilities is not None:
            self._probabilities = progress.probabilities
        if not news and progress.step % EVERY and progress.step != progress.steps:
            return Frame(self._done)
        accuracy = math.nan if progress.probabilities is None else self._accuracy(progress.probabilities)
        return FewShotStep(
            self._done,
            *self._training,
            stage=progress.stage,
            step=progress.step,
            steps=progress.steps,
            accuracy=accuracy,
            details=details,
        )

    def result(self) -> FewShotResult:
        """What the training came to: the last probabilities are its answer."""
        assert self._probabilities is not None
        confusion = confusion_of(self._gold, self._probabilities.argmax(axis=1), len(self._labels))
        return FewShotResult(
            self._last,
            *self._training,
            accuracy=self._accuracy(self._probabilities),
            macro_f1=macro_f1(confusion),
            confusion=confusion,
            details={name: value for name, value in self._details.items() if name != "loss"},
            seconds=self.seconds,
        )

    def _told(self, progress: Progress) -> dict[str, Any]:
        """The details, with accuracies for the probabilities (M, N, C) that patterns give alone, and sets counted."""
        details = dict(progress.details)
        if "patterns" in details:
            details["accuracies"] = tuple(self._accuracy(own) for own in details.pop("patterns"))
        if "chosen" in details:
            texts, gold = [each.text for each in self._pool], [each.label for each in self._pool]
            details |= told_sets(details.pop("chosen"), texts, gold, self._labels)
        return details

    def _accuracy(self, probabilities: Array) -> float:
        return float((probabilities.argmax(axis=1) == self._gold).mean())
