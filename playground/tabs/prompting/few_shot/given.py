"""What a request gives to learn from and to measure on: a bundled task, or a visitor's own texts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from playground.runtime.contracts import Note
from playground.runtime.errors import InvalidRequest
from playground.tabs.prompting.few_shot.label_words import NO_WORDS
from playground.tabs.prompting.few_shot.request import FewShotRequest
from playground.tabs.prompting.few_shot.uploaded import read_examples
from playground.tabs.prompting.patterns import Pattern, parse_pattern
from playground.tabs.prompting.tasks import Example, load_task
from playground.tabs.prompting.verbalizers import Verbalizer, parse_verbalizer

MOST_PATTERNS = 5
PASTED = "pasted.csv"  # reads well in every language
TEST_SHARE = 3  # every third of a visitor's texts is measured on

MANY_PATTERNS = "There are {count} patterns: at most {most} can be used at once."
NO_TEXTS = "No text is labelled “{label}”: leave its label words out, or add texts."
TOO_FEW = (
    "The label “{label}” has {count} texts, and {left} of them are left to learn from: K = {shots} is more. "
    "Choose a smaller K, or bring more texts."
)
FEWER_TESTS = "There are {count} test texts: all are used."

Read = Callable[[str], bytes]


@dataclass(frozen=True)
class Given:
    """A task: its name, labels, texts to learn from and to measure on, patterns and words; what was done to them."""

    name: str
    labels: tuple[str, ...]
    pool: tuple[Example, ...]
    test: tuple[Example, ...]
    patterns: tuple[Pattern, ...]
    verbalizer: Verbalizer
    notes: tuple[Note, ...] = ()


def given(request: FewShotRequest, read: Read) -> Given:
    """What is asked for; `read` gives the bytes of a field's file. InvalidRequest where things do not fit."""
    found = _own(request, read) if request.is_own() else _bundled(request)
    for label in found.labels:
        left = sum(example.label == label for example in found.pool)
        if left < max(request.shots):
            count = left + sum(example.label == label for example in found.test)
            raise InvalidRequest(TOO_FEW, label=label, count=count, left=left, shots=max(request.shots))
    return found


def _bundled(request: FewShotRequest) -> Given:
    task = load_task(request.task)
    test = tuple(task.test[place] for place in _shuffled(len(task.test))[: request.tests])
    patterns = _patterns(request.patterns, task.patterns)
    verbalizer = _verbalizer(request.words or task.verbalizer, task.labels)
    return Given(task.name, task.labels, task.train, test, patterns, verbalizer, _fewer(request, len(task.test)))


def _own(request: FewShotRequest, read: Read) -> Given:
    name = PASTED if request.examples is None else request.examples.name
    uploaded = read_examples(request.pasted if request.examples is None else read("examples"), name)
    pool, test = divided(uploaded.examples, uploaded.labels)
    chosen = tuple(test[place] for place in sorted(_shuffled(len(test))[: request.tests]))
    patterns = _patterns(request.patterns, request.own_patterns())
    verbalizer = (
        _verbalizer(request.words, uploaded.labels)
        if request.words.strip()
        else Verbalizer({label: (label,) for label in uploaded.labels})
    )
    notes = uploaded.notes + _fewer(request, len(test))
    return Given(name, uploaded.labels, pool, chosen, patterns, verbalizer, notes)


def divided(examples: Sequence[Example], labels: Sequence[str]) -> tuple[tuple[Example, ...], tuple[Example, ...]]:
    """Texts to learn from, and texts to measure on: a third of every label's, at least one; the same ones each time."""
    order, test = _shuffled(len(examples)), set()
    for label in labels:
        own = [place for place in order if examples[place].label == label]
        test.update(own[: max(1, len(own) // TEST_SHARE)])
    pool = tuple(example for place, example in enumerate(examples) if place not in test)
    return pool, tuple(examples[place] for place in sorted(test))


def _shuffled(count: int) -> list[int]:
    order: list[int] = np.random.default_rng(0).permutation(count).tolist()
    return order


def _fewer(request: FewShotRequest, count: int) -> tuple[Note, ...]:
    return (Note(FEWER_TESTS, {"count": f"{count:,}"}),) if count < request.tests else ()


def _patterns(written: str, own: Sequence[str]) -> tuple[Pattern, ...]:
    lines = [line for line in written.splitlines() if line.strip()] or own
    if len(lines) > MOST_PATTERNS:
        raise InvalidRequest(MANY_PATTERNS, count=len(lines), most=MOST_PATTERNS)
    return tuple(map(parse_pattern, lines))


def _verbalizer(written: str, labels: Sequence[str]) -> Verbalizer:
    """The words of exactly these labels, in their order."""
    words = parse_verbalizer(written).words
    for label in words:
        if label not in labels:
            raise InvalidRequest(NO_TEXTS, label=label)
    for label in labels:
        if label not in words:
            raise InvalidRequest(NO_WORDS, label=label)
    return Verbalizer({label: words[label] for label in labels})
