"""Patterns mined from texts: what stands around label words in the pool (after Jiang et al. 2020, arXiv 1911.12543).

“… and it was great.” gives the pattern “{text} and it was [MASK].” Contexts that words of several labels share are
tried on the labelled texts without training, and PET runs with the best ones.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import torch
from torch import nn

from playground.runtime.errors import InvalidRequest
from playground.tabs.prompting.calibration import unlabelled_mean
from playground.tabs.prompting.few_shot import pet
from playground.tabs.prompting.few_shot.label_words import LabelWords, targets_of
from playground.tabs.prompting.few_shot.method import Outcomes, Progress, Setting
from playground.tabs.prompting.few_shot.reading import BATCH_TOKENS, prompts_of
from playground.tabs.prompting.label_scores import pet_scores
from playground.tabs.prompting.masked_lm import MaskedLM, mask_logits
from playground.tabs.prompting.patterns import MASK, TEXT, Pattern

BEFORE, AFTER = 3, 2  # words of context at most
TRIED = 12
WORDS = re.compile(r"[㐀-鿿]|[^\W㐀-鿿]+(?:['’-]\w+)*")
HAN = re.compile("[㐀-鿿]")
NOTHING = "The texts use the label words in no way that two labels share: add texts, or take commoner label words."


def run(setting: Setting, outcomes: Outcomes) -> Iterator[Progress]:
    """Mine patterns, keep as many as the setting has, then run PET; the `mined` ones with their losses in the details.

    Raises:
        InvalidRequest: no context of two labels' words.
    """
    texts = [*setting.unlabelled, *(example.text for example in setting.train)]
    templates = contexts(texts, {label: setting.verbalizer.words[label] for label in setting.labels})[:TRIED]
    if not templates:
        raise InvalidRequest(NOTHING)
    if "mined" not in outcomes:
        outcomes["mined"] = np.array((yield from _losses(setting, templates)))
    order = np.argsort(outcomes["mined"], kind="stable")
    mined = tuple((templates[place], float(outcomes["mined"][place])) for place in order)
    yield Progress("Looking for patterns", 1, 1, details={"mined": mined})
    best = tuple(Pattern(template) for template, _ in mined[: len(setting.patterns)])
    for progress in pet.run(replace(setting, patterns=best), outcomes):
        yield replace(progress, details={**progress.details, "mined": mined})


def contexts(texts: Sequence[str], words: Mapping[str, Sequence[str]]) -> list[str]:
    """Templates of what stands around label words, those of most labels and of most texts first.

    Only contexts in which words of two labels or more occur.
    """
    label_of = {word.lower(): label for label, own in words.items() for word in own}
    seen: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for text in texts:
        found = [word.lower() for word in WORDS.findall(text)]
        for place, word in enumerate(found):
            if word in label_of:
                for template in _around(found, place):
                    seen[template][label_of[word]] += 1
    shared = [template for template, own in seen.items() if len(own) > 1]
    return sorted(shared, key=lambda own: (-len(seen[own]), -min(seen[own].values()), -sum(seen[own].values()), own))


def _around(words: Sequence[str], place: int) -> Iterator[str]:
    """The templates that one occurrence of a label word gives, with one word of context or more."""
    for before in range(min(BEFORE, place) + 1):
        for after in range(min(AFTER, len(words) - place - 1) + 1):
            if before + after:
                around = [*words[place - before : place], MASK, *words[place + 1 : place + 1 + after]]
                if any(HAN.match(word) for word in around):
                    yield f"{TEXT}{''.join(around)}。"
                else:
                    yield f"{TEXT} {' '.join(around)}."


def _losses(setting: Setting, templates: Sequence[str]) -> Generator[Progress, None, list[float]]:
    """Cross-entropy on the labelled texts of every template, calibrated by them and without training."""
    lm, words = MaskedLM(setting.model), LabelWords(setting)
    targets = targets_of(setting, [example.label for example in setting.train])
    losses = []
    for number, template in enumerate(templates):
        prompts = prompts_of(setting, Pattern(template), [example.text for example in setting.train])
        scores = torch.empty(len(prompts), len(setting.labels), device=lm.device)
        for places, logits in mask_logits(lm, prompts, batch_tokens=BATCH_TOKENS):
            scores[places] = pet_scores(logits[:, 0], words.of_label)
            yield Progress("Looking for patterns", number, len(templates))
        losses.append(nn.functional.cross_entropy(unlabelled_mean(scores, scores), targets).item())
    return losses
