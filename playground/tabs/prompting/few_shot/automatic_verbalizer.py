"""PETAL: words that can serve as labels, found by a likelihood ratio (Schick et al. 2020, arXiv 2010.13641).

A word's score for a label is the mean log-probability at the mask over that label's texts, less the mean over the
others', summed over the patterns: one label against the rest, balanced. Then PET runs with the best words.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from playground.runtime.errors import InvalidRequest
from playground.tabs.prompting.few_shot import pet
from playground.tabs.prompting.few_shot.label_words import targets_of
from playground.tabs.prompting.few_shot.layers import body_of
from playground.tabs.prompting.few_shot.method import Outcomes, Progress, Setting
from playground.tabs.prompting.few_shot.reading import BATCH_TOKENS, prompts_of
from playground.tabs.prompting.masked_lm import MaskedLM, mask_logits
from playground.tabs.prompting.verbalizers import Verbalizer, pieces

FREQUENT, LIKELY = 10_000, 1_000  # candidates kept by how often they occur, then by how likely they are at the mask
NO_CANDIDATES = "Only {count} words of these texts could be label words, fewer than the {wanted} wanted: add texts."


def run(setting: Setting, outcomes: Outcomes) -> Iterator[Progress]:
    """Find label words in the labelled texts, then run PET with them; its progress has the `words` in the details.

    Raises:
        InvalidRequest: too few words that could be label words.
    """
    if "words" not in outcomes:
        found = yield from _find(setting)
        outcomes["words"] = np.array(found)
    words = {label: tuple(map(str, own)) for label, own in zip(setting.labels, outcomes["words"].tolist(), strict=True)}
    yield Progress("Looking for label words", 1, 1, details={"words": words})
    for progress in pet.run(replace(setting, verbalizer=Verbalizer(words)), outcomes):
        yield replace(progress, details={**progress.details, "words": words})


def candidate_words(texts: Sequence[str], tokenizer: Any) -> list[int]:
    """The most frequent tokens of texts that are whole words of two letters, or of one in a script without spaces."""
    rows = tokenizer(list(texts), add_special_tokens=False, verbose=False).input_ids
    counts = np.bincount([id for row in rows for id in row], minlength=len(tokenizer))
    order = np.argsort(-counts, kind="stable")
    return [int(id) for id in order[: int((counts > 0).sum())] if _is_word(int(id), tokenizer)][:FREQUENT]


def likelihood_ratios(log_p: Tensor, targets: Tensor, labels: int) -> Tensor:
    """Scores (C, W) of log-probabilities (N, W): the mean over a label's texts less the mean over the others'."""
    own = torch.stack([log_p[targets == label].mean(dim=0) for label in range(labels)])
    others = torch.stack([log_p[targets != label].mean(dim=0) for label in range(labels)])
    return own - others


def best_words(ratios: Tensor, count: int) -> list[list[int]]:
    """Places of so many best words of every label among (C, W), a word only for the label that it suits most."""
    owners = ratios.argmax(dim=0)
    kept = torch.where(owners == torch.arange(len(ratios))[:, None], ratios, -torch.inf)
    counts = torch.isfinite(kept).sum(dim=1).clamp(max=count)
    return [row.topk(int(own)).indices.tolist() for row, own in zip(kept, counts, strict=True)]


def _is_word(id: int, tokenizer: Any) -> bool:
    token = tokenizer.convert_ids_to_tokens(id)
    word = tokenizer.decode([id]).strip()
    if not word.isalpha() or (word.isascii() and len(word) < 2):
        return False
    return pieces(word, tokenizer) == (token,)


def _find(setting: Setting) -> Generator[Progress, None, list[list[str]]]:
    tokenizer = body_of(setting.model).tokenizer
    texts = [example.text for example in setting.train]
    candidates = candidate_words([*texts, *setting.unlabelled], tokenizer)
    wanted = setting.options.words * len(setting.labels)
    if len(candidates) < wanted:
        raise InvalidRequest(NO_CANDIDATES, count=len(candidates), wanted=wanted)
    log_p = yield from _log_probabilities(setting, texts, torch.tensor(candidates, device=setting.model.device))
    likely = log_p.sum(dim=(0, 1)).topk(min(LIKELY, len(candidates))).indices
    targets = targets_of(setting, [example.label for example in setting.train])
    ratios = sum(likelihood_ratios(own[:, likely], targets, len(setting.labels)) for own in log_p)
    assert isinstance(ratios, Tensor)
    places = best_words(ratios.cpu(), setting.options.words)
    if not all(places):
        raise InvalidRequest(NO_CANDIDATES, count=len(candidates), wanted=wanted)
    return [[tokenizer.decode([candidates[likely[place]]]).strip() for place in own] for own in places]


def _log_probabilities(setting: Setting, texts: Sequence[str], candidates: Tensor) -> Generator[Progress, None, Tensor]:
    """Log-probabilities (P, N, W) of the candidates at the mask of every text in every pattern."""
    lm = MaskedLM(setting.model)
    log_p = torch.empty(len(setting.patterns), len(texts), len(candidates), device=lm.device)
    for number, pattern in enumerate(setting.patterns):
        prompts = prompts_of(setting, pattern, texts)
        for places, logits in mask_logits(lm, prompts, batch_tokens=BATCH_TOKENS):
            log_p[number, places] = logits[:, 0].log_softmax(dim=1)[:, candidates]
            yield Progress("Looking for label words", number, len(setting.patterns))
    return log_p
