"""The texts of a run: the visitor's own lines or a bundled task's, and what they are calibrated and weighed on."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from playground.runtime.errors import InvalidRequest
from playground.tabs.prompting.request import MOST_TEXTS, PromptingRequest
from playground.tabs.prompting.tasks import Example, Task

CONTENT_FREE = ("", "N/A", "…")
WEIGHED = 32  # labelled training texts that weigh the patterns
LONGEST_TEXT = 2_000  # characters; more cannot fit the model
SEED = 2021

NO_TEXTS = "There are no texts. Write at least one, one a line."
TOO_MANY_TEXTS = "There are {count} texts; at most {most} are read at once: remove some."


@dataclass(frozen=True)
class Material:
    """Texts (N) to classify, with the places of their labels (-1 where unknown), and three lists beside them.

    `blank` are texts without content; `unlabelled` ones give the prior, where there are none the texts do;
    `labelled` ones, with the places of their labels, weigh the patterns.
    """

    texts: tuple[str, ...]
    gold: tuple[int, ...]
    blank: tuple[str, ...] = CONTENT_FREE
    unlabelled: tuple[str, ...] = ()
    labelled: tuple[str, ...] = ()
    labelled_gold: tuple[int, ...] = ()


def gather(request: PromptingRequest, labels: Sequence[str]) -> Material:
    """All texts that the request needs, with the labels it knows.

    Raises:
        InvalidRequest: no texts of one's own, or too many.
    """
    task = request.task()
    examples = read_lines(request.texts, labels) if task is None else list(task.test[: request.count])
    texts, gold = _columns(examples, labels)
    if task is None:
        return Material(texts, gold)
    labelled, unlabelled = _training(task, request.unlabelled)
    return Material(texts, gold, CONTENT_FREE, _columns(unlabelled, labels)[0], *_columns(labelled, labels))


def read_lines(lines: str, labels: Sequence[str]) -> list[Example]:
    """A text a line, with the label behind the last “|” or tab if it is one of the labels, else with none."""
    examples = [_read_line(line.strip(), labels) for line in lines.splitlines() if line.strip()]
    if not examples:
        raise InvalidRequest(NO_TEXTS)
    if len(examples) > MOST_TEXTS:
        raise InvalidRequest(TOO_MANY_TEXTS, count=len(examples), most=MOST_TEXTS)
    return examples


def _read_line(line: str, labels: Sequence[str]) -> Example:
    for mark in ("|", "\t"):
        text, found, label = line.rpartition(mark)
        if found and label.strip() in labels:
            return Example(text.strip(), label.strip())
    return Example(line, "")


def _training(task: Task, count: int) -> tuple[list[Example], list[Example]]:
    """Examples to weigh the patterns on, and others to calibrate on, drawn from the training pool."""
    pool = random.Random(SEED).sample(task.train, min(len(task.train), WEIGHED + count))
    return pool[:WEIGHED], pool[WEIGHED:]


def _columns(examples: Sequence[Example], labels: Sequence[str]) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """The texts, and the places of their labels, -1 for any other label."""
    places = {label: place for place, label in enumerate(labels)}
    texts = tuple(example.text[:LONGEST_TEXT] for example in examples)
    return texts, tuple(places.get(example.label, -1) for example in examples)
