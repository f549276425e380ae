"""The losses in words and numbers: a table at the shown moment, and sentences that say which one won."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from playground.tabs.matching.train.frames import TrainFrame, TrainStart
from playground.tabs.matching.train.names import ABOUT, NAMES, color
from playground.tabs.matching.train.request import Loss, MatchingTrainRequest
from playground.tabs.matching.train.view import View
from playground.ui.html import element, text
from playground.ui.numbers import fixed
from playground.ui.scrubber import Scrubber
from playground.ui.tables import card, cell, table
from playground.ui.translations import translate

NOTICED = 0.005  # of a Spearman or an accuracy: less is not told

HEAD = (
    "loss",
    "loss now / at the start",
    "training accuracy",
    "…by the cosine",
    "training Spearman",
    "validation Spearman",
    "since the start",
)
WON = "Highest validation Spearman at this moment: {name}, {value}. Before training it was {start}."
NOBODY = "At this moment no loss ranks the validation pairs better than before training ({start})."
PARTED = (
    "{name}: training accuracy {accuracy_before} → {accuracy}, validation Spearman {before} → {now}. It got better at "
    "what it trains and worse at what it is used for."
)
OVERFITTED = (
    "{name}: training Spearman {training_before} → {training}, validation Spearman {before} → {now}. It fits the "
    "training pairs and no others."
)
GROUND = (
    "{pairs} pairs to train on. Loss and accuracy are measured on {seen} of them, Spearman also on {validation} pairs "
    "that are never trained on. Accuracy is of yes or no: SBERT by its own classifier, the others by the best "
    "threshold of the cosine. One seed: differences of less than a point may turn round with another."
)
FAILED = (
    "{name}: the loss was not a finite number at step {step}, so the run stopped. "
    "Lower the learning rate and run again."
)


def cards_html(view: View, request: MatchingTrainRequest, language: str, *, live: bool = False) -> str:
    """The table, what it means, and what it stands on."""
    frame = view.at(request, live=live)
    if view.start is None or frame is None:
        return ""
    first = view.frames[0]
    head = [translate(language, name) for name in HEAD]
    rows = [_row(first, frame, place, loss, head, language) for place, loss in enumerate(request.losses)]
    said = [*_verdict(first, frame, request.losses, language), _ground(view.start, language)]
    title = translate(language, "After {step} steps", step=f"{frame.step:,}")
    return _failure(view, language) + card(title, table(head, rows, "losses"), notes=said)


def scrubber(view: View, request: MatchingTrainRequest, language: str, *, live: bool = False) -> Scrubber | None:
    """The slider through the pictures."""
    frame = view.at(request, live=live)
    if frame is None:
        return None
    last = view.frames[-1].step
    said = translate(language, "step {step} of {steps}", step=f"{frame.step:,}", steps=f"{last:,}")
    moment = 1000 if live else request.moment
    return Scrubber(moment, translate(language, "Moment"), said, enabled=not live and len(view.frames) > 1)


def _row(first: TrainFrame, frame: TrainFrame, place: int, loss: Loss, head: Sequence[str], language: str) -> list[str]:
    mark = element("span", class_="mark", style=f"background: {color(loss)}")
    about = element("span", text(translate(language, ABOUT[loss])), class_="source")
    change = float(frame.spearman[place] - first.spearman[place])
    values = (
        fixed(float(frame.loss[place] / first.loss[place])),
        _percent(frame.accuracy[place]),
        _percent(frame.cosine_accuracy[place]),
        fixed(float(frame.training_spearman[place]), 3),
        fixed(float(frame.spearman[place]), 3),
        ("+" if change > 0 else "") + fixed(change, 3),
    )
    numbers = (cell(text(value), name) for value, name in zip(values, head[1:], strict=True))
    return [cell(mark + text(translate(language, NAMES[loss])) + about, number=False), *numbers]


def _verdict(first: TrainFrame, frame: TrainFrame, losses: Sequence[Loss], language: str) -> Iterator[str]:
    """Which loss ranks best, and which trained something else than its ranking."""
    if frame.step == first.step:
        return
    ranked, start = np.nan_to_num(frame.spearman, nan=-1.0), fixed(float(first.spearman[0]), 3)
    best = int(ranked.argmax())
    if ranked[best] > first.spearman[best]:
        name = translate(language, NAMES[losses[best]])
        yield translate(language, WON, name=name, value=fixed(float(ranked[best]), 3), start=start)
    else:
        yield translate(language, NOBODY, start=start)
    for place, loss in enumerate(losses):
        yield from _parting(first, frame, place, loss, language)


def _parting(first: TrainFrame, frame: TrainFrame, place: int, loss: Loss, language: str) -> Iterator[str]:
    """A sentence where training got better and the ranking of other pairs worse."""
    if not frame.spearman[place] < first.spearman[place] - NOTICED:
        return
    columns = {
        "accuracy": (first.accuracy, frame.accuracy),
        "training": (first.training_spearman, frame.training_spearman),
    }
    better = {name: after[place] > before[place] + NOTICED for name, (before, after) in columns.items()}
    told = (loss == "softmax" and better["accuracy"], PARTED), (better["training"], OVERFITTED)
    template = next((template for holds, template in told if holds), "")
    if template:
        yield translate(language, template, name=translate(language, NAMES[loss]), **_numbers(first, frame, place))


def _numbers(first: TrainFrame, frame: TrainFrame, place: int) -> dict[str, str]:
    """What such a sentence is filled with."""
    return {
        "accuracy_before": _percent(first.accuracy[place]),
        "accuracy": _percent(frame.accuracy[place]),
        "training_before": fixed(float(first.training_spearman[place]), 3),
        "training": fixed(float(frame.training_spearman[place]), 3),
        "before": fixed(float(first.spearman[place]), 3),
        "now": fixed(float(frame.spearman[place]), 3),
    }


def _ground(start: TrainStart, language: str) -> str:
    counts = {name: f"{getattr(start, name):,}" for name in ("pairs", "seen", "validation")}
    return translate(language, GROUND, **counts)


def _failure(view: View, language: str) -> str:
    failure = view.failure
    if failure is None:
        return ""
    name = translate(language, NAMES[failure.loss])
    sentence = translate(language, FAILED, name=name, step=f"{failure.step:,}")
    return element("p", text(sentence), class_="note failed", role="alert")


def _percent(share: np.floating) -> str:
    return fixed(100 * float(share), 1) + " %"
