"""iPET: generations of PET that label the pool for one another (Schick and Schütze 2021, arXiv 2001.07676, 3.4).

Every member of a generation learns from the labelled texts and from texts of the pool that a random quarter of the
other members of the generation before labelled; the sets grow fivefold and keep the labels' shares.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from playground.runtime.errors import InvalidRequest
from playground.tabs.prompting.few_shot.distillation import distilled
from playground.tabs.prompting.few_shot.ensemble import Scores, member_scores, members_of, merged, probabilities
from playground.tabs.prompting.few_shot.label_words import targets_of
from playground.tabs.prompting.few_shot.method import Array, Outcomes, Progress, Setting
from playground.tabs.prompting.few_shot.pet import ensemble_progress, merged_pool
from playground.tabs.prompting.few_shot.prompt_training import Labelled, train_prompt

GROWTH = 5
SHARE = 0.25  # of the other members, who label the texts of one
ALONE = "iPET needs two members that label texts for each other: give it two patterns, or two repetitions."
NO_POOL = "iPET needs texts without labels: add some."


def run(setting: Setting, outcomes: Outcomes) -> Iterator[Progress]:
    """Train generation after generation; probabilities after every member.

    Details: PET's, `generation`, and of every member the `chosen` texts of the pool (places, labels).

    Raises:
        InvalidRequest: fewer than two members, or no pool.
    """
    patterns = members_of(setting)
    if len(patterns) < 2:
        raise InvalidRequest(ALONE)
    if not setting.unlabelled:
        raise InvalidRequest(NO_POOL)
    chosen: list[Labelled | None] = [None] * len(patterns)
    for generation in range(setting.options.generations):
        scores: list[Scores] = []
        for place, pattern in enumerate(patterns):
            training = train_prompt(setting, pattern, generation, place, more=chosen[place])
            name = f"ipet.{generation}.{place}"
            scores.append((yield from member_scores(setting, outcomes, name, pattern, training, pool=True)))
            yield _of_generation(ensemble_progress(setting, scores, place + 1, len(patterns)), generation, chosen)
        chosen = [_next_set(setting, scores, generation, place) for place in range(len(patterns))]
    if setting.options.distil:
        yield from distilled(setting, outcomes, merged_pool(setting, scores))


def new_counts(counts: Sequence[int], generation: int, pool: int) -> list[int]:
    """New texts of every label for the next generation: |T| · 5^(g + 1) - |T|, `pool` at most, shared out like T."""
    whole = sum(counts)
    new = min(whole * GROWTH ** (generation + 1) - whole, pool)
    return [round(new * count / whole) for count in counts]


def labellers(member: int, members: int, generator: np.random.Generator) -> list[int]:
    """The members that label texts for one: a quarter of the others, rounded, one at least."""
    others = [place for place in range(members) if place != member]
    count = max(1, round(SHARE * len(others)))
    return sorted(generator.choice(others, count, replace=False).tolist())


def choose(logits: Array, counts: Sequence[int], generator: np.random.Generator) -> Labelled:
    """So many texts of every label, by the label that logits (P, C) give them, the surer the likelier.

    Without replacement; where a label was given too seldom, all its texts are taken and some of them again.
    """
    likely = probabilities(logits).astype(np.float64)
    given = likely.argmax(axis=1)
    places = [_draw(np.flatnonzero(given == label), likely[:, label], n, generator) for label, n in enumerate(counts)]
    return Labelled(np.concatenate(places), np.repeat(np.arange(len(counts)), [len(own) for own in places]))


def _draw(candidates: Array, weights: Array, count: int, generator: np.random.Generator) -> Array:
    if not len(candidates):
        return candidates
    own = weights[candidates] / weights[candidates].sum()
    first = generator.choice(candidates, min(count, len(candidates)), replace=False, p=own)
    return np.concatenate([first, generator.choice(candidates, count - len(first), p=own)])


def _next_set(setting: Setting, scores: list[Scores], generation: int, member: int) -> Labelled:
    generator = np.random.default_rng((setting.seed, generation, member))
    who = labellers(member, len(scores), generator)
    logits = merged([scores[m].pool for m in who], [scores[m].accuracy for m in who], setting.options.weights)
    targets = targets_of(setting, [example.label for example in setting.train]).cpu().numpy()
    counts = np.bincount(targets, minlength=len(setting.labels)).tolist()
    return choose(logits, new_counts(counts, generation, len(setting.unlabelled)), generator)


def _of_generation(progress: Progress, generation: int, chosen: Sequence[Labelled | None]) -> Progress:
    sets = tuple((own.places, own.labels) for own in chosen if own is not None)
    details = {**progress.details, "generation": generation, "chosen": sets}
    return Progress(progress.stage, progress.step, progress.steps, progress.probabilities, details)
