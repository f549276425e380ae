"""The few labelled texts of a run: K of every label, drawn by a seed; larger K hold what smaller ones hold."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from playground.runtime.errors import InvalidRequest
from playground.tabs.prompting.tasks import Example

NO_EXAMPLE = "The label “{label}” has no examples: add some, or leave the label out."
TOO_FEW = "The label “{label}” has {count} examples, fewer than {wanted} per label: ask for fewer, or add some."


def k_per_class(
    examples: Sequence[Example], labels: Sequence[str], k: int, seed: int
) -> tuple[tuple[Example, ...], tuple[Example, ...]]:
    """`k` examples of every label, in the labels' turn, and all the others in their own order.

    Raises:
        InvalidRequest: a label with fewer than `k` examples.
    """
    order = np.random.default_rng(seed).permutation(len(examples))
    places = [[place for place in order if examples[place].label == label] for label in labels]
    for label, of_label in zip(labels, places, strict=True):
        if not of_label:
            raise InvalidRequest(NO_EXAMPLE, label=label)
        if len(of_label) < k:
            raise InvalidRequest(TOO_FEW, label=label, count=len(of_label), wanted=k)
    chosen = [of_label[turn] for turn in range(k) for of_label in places]
    taken = set(chosen)
    rest = tuple(example for place, example in enumerate(examples) if place not in taken)
    return tuple(examples[place] for place in chosen), rest
