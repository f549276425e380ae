from __future__ import annotations

from collections import Counter

import pytest

from playground.tabs.prompting.tasks import TASKS, Task, load_task

each = pytest.mark.parametrize("task", [load_task(name) for name in TASKS], ids=TASKS)


@each
def test_every_label_has_examples_in_both_parts_and_no_other_label_occurs(task: Task) -> None:
    for part in (task.train, task.test):
        assert {example.label for example in part} == set(task.labels)


@each
def test_no_text_of_the_pool_is_measured_on(task: Task) -> None:
    assert not {example.text for example in task.train} & {example.text for example in task.test}


@each
def test_the_labels_of_the_pool_are_about_equally_frequent(task: Task) -> None:
    counts = Counter(example.label for example in task.train).values()
    assert min(counts) >= 0.8 * max(counts) >= 64 * 0.8


@each
def test_every_pattern_has_one_place_for_the_text_and_one_mask(task: Task) -> None:
    for pattern in task.patterns:
        assert (pattern.count("{text}"), pattern.count("[MASK]")) == (1, 1)
