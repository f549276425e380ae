"""LM-BFF's demonstrations: behind every text stands one labelled example of each label, its word filled in.

Gao et al. 2021 (arXiv 2012.15723), section 6. Examples are drawn from the half of each label's that is most similar
to the text, by a sentence encoder; a test text is read with several draws, and their logits are averaged.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from playground.runtime.errors import InvalidRequest
from playground.tabs.prompting.few_shot.ensemble import Scores
from playground.tabs.prompting.few_shot.label_words import LabelWords, targets_of
from playground.tabs.prompting.few_shot.method import Outcomes, Progress, Setting
from playground.tabs.prompting.few_shot.pet import ensemble_progress
from playground.tabs.prompting.few_shot.prompt_training import score_prompts, train_prompts
from playground.tabs.prompting.few_shot.reading import read_prompts
from playground.tabs.prompting.few_shot.sentences import embed
from playground.tabs.prompting.patterns import Pattern, Prompt, build_prompts

SHORTEST = 16  # tokens that every part of a prompt should have
TOO_MANY = "{count} labels leave {tokens} tokens for each demonstration, too few: take fewer labels, or longer prompts."


def run(setting: Setting, outcomes: Outcomes) -> Iterator[Progress]:
    """Train on the labelled texts with demonstrations; probabilities after every pattern, details as PET's.

    Raises:
        InvalidRequest: too many labels for the demonstrations to fit.
    """
    room = setting.options.longest // (len(setting.labels) + 1)
    if room < SHORTEST:
        raise InvalidRequest(TOO_MANY, count=len(setting.labels), tokens=room)
    texts = [example.text for example in setting.train]
    of_train = yield from embed(setting, texts)
    of_test = yield from embed(setting, setting.test, kept=True)
    scores: list[Scores] = []
    for place, pattern in enumerate(setting.patterns):
        name = f"demonstrations.{place}"
        if name not in outcomes:
            writer = Writer(setting, pattern, room, np.random.default_rng((setting.seed, place)))
            train = writer.prompts(texts, (of_train @ of_train.T).fill_diagonal_(-torch.inf))
            test = writer.prompts(setting.test, of_test @ of_train.T)
            outcomes[name] = (yield from _learn(setting, train, test, place)).numpy()
        scores.append(Scores(outcomes[name], outcomes[name][:0], 1.0))
        yield ensemble_progress(setting, scores, place + 1, len(setting.patterns))


class Writer:
    """Prompts with demonstrations in one pattern, every part of them cut to `room` tokens."""

    def __init__(self, setting: Setting, pattern: Pattern, room: int, generator: np.random.Generator) -> None:
        self._setting, self._pattern, self._room, self._generator = setting, pattern, room, generator
        self._targets = targets_of(setting, [example.label for example in setting.train]).cpu().numpy()
        words = LabelWords(setting).of_label
        own = self._parts([example.text for example in setting.train])
        self._filled = [_filled(part, words[label][0]) for part, label in zip(own, self._targets, strict=True)]

    def prompts(self, texts: Sequence[str], similarity: Tensor) -> list[Prompt]:
        """The draws of the first text, then those of the next, given how similar (N, T) texts are to labelled ones."""
        rows = zip(self._parts(texts), similarity.cpu().numpy(), strict=True)
        draws = range(self._setting.options.demonstrations)
        return [self._with_demonstrations(part, similar) for part, similar in rows for _ in draws]

    def _parts(self, texts: Sequence[str]) -> list[Prompt]:
        return build_prompts(self._pattern, texts, self._setting.model.tokenizer, longest=self._room)

    def _with_demonstrations(self, part: Prompt, similar: np.ndarray[tuple[int], np.dtype[np.float32]]) -> Prompt:
        drawn = []
        for label in range(len(self._setting.labels)):
            candidates = most_similar(np.flatnonzero(self._targets == label), similar)
            drawn.append(self._filled[self._generator.choice(candidates)])
        order = self._generator.permutation(len(drawn))
        return Prompt(sum((drawn[place] for place in order), part.ids), part.masks)


def most_similar(
    candidates: np.ndarray[tuple[int], np.dtype[np.intp]], similar: np.ndarray[tuple[int], np.dtype[np.float32]]
) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """The more similar half of candidates, rounded up, without the text itself where there are others."""
    others = candidates[np.isfinite(similar[candidates])]
    own = others if len(others) else candidates
    order = np.argsort(-similar[own], kind="stable")
    return own[order[: -(-len(own) // 2)]]


def _filled(part: Prompt, word: int) -> tuple[int, ...]:
    """A demonstration's ids behind another prompt: the word for the mask, no token of the beginning."""
    ids = list(part.ids)
    ids[part.masks[0]] = word
    return tuple(ids[1:])


def _learn(setting: Setting, train: list[Prompt], test: list[Prompt], place: int) -> Generator[Progress, None, Tensor]:
    """Mean logits (N, C) of the test texts over their draws, of a model trained on every draw of the labelled ones."""
    draws = setting.options.demonstrations
    states = yield from read_prompts(setting, train)
    targets = targets_of(setting, [example.label for example in setting.train]).repeat_interleave(draws)
    model = yield from train_prompts(setting, train, states, targets, place)
    scores = yield from score_prompts(setting, model, test, kept=False)
    return scores.reshape(len(setting.test), draws, -1).mean(dim=1)
