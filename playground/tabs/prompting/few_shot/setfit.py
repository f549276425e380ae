"""SetFit: a sentence encoder trained on pairs, then logistic regression (Tunstall et al. 2022, arXiv 2209.11055).

Pairs of one label should have cosine 1, pairs of two labels 0; the rarer kind is repeated until there are as many of
either. Here the lower layers stay frozen as for the other methods, and `pairs` bounds how many are seen.
"""

from __future__ import annotations

import copy
from collections.abc import Generator, Iterator, Sequence
from itertools import combinations

import numpy as np
import torch
from torch import Tensor, nn

from playground.tabs.prompting.few_shot.linear_probe import fitted
from playground.tabs.prompting.few_shot.method import Array, Outcomes, Progress, Setting
from playground.tabs.prompting.few_shot.optimising import train
from playground.tabs.prompting.few_shot.sentences import embed, read_sentences, upper_layers, vectors

BATCH_PAIRS = 16


def run(setting: Setting, outcomes: Outcomes) -> Iterator[Progress]:
    """Train the upper layers on pairs of the labelled texts, then fit; the only probabilities come last."""
    if "setfit" not in outcomes:
        layers = yield from _train(setting)
        texts = [example.text for example in setting.train]
        of_train = yield from embed(setting, texts, layers)
        of_test = yield from embed(setting, setting.test, layers, kept=True)
        outcomes["setfit"] = fitted(setting, of_train, of_test)
    yield Progress("Done", 1, 1, outcomes["setfit"])


def unique_pairs(labels: Sequence[str]) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """All pairs of different texts: those of one label, and those of two."""
    pairs = list(combinations(range(len(labels)), 2))
    same = [pair for pair in pairs if labels[pair[0]] == labels[pair[1]]]
    different = [pair for pair in pairs if labels[pair[0]] != labels[pair[1]]]
    return same, different


def oversampled(labels: Sequence[str], generator: np.random.Generator) -> Array:
    """Rows (first, second, 1 or 0 for one label or two) in random order, as many of either kind (SetFit's default)."""
    kinds = [own for own in unique_pairs(labels) if own]
    most = max(map(len, kinds))
    rows = [
        (*own[place], int(labels[own[0][0]] == labels[own[0][1]]))
        for own in kinds
        for place in np.resize(generator.permutation(len(own)), most)
    ]
    return generator.permutation(np.array(rows))


def cosine_loss(first: Tensor, second: Tensor, same: Tensor) -> Tensor:
    """Mean squared error of the cosine of vectors (B, D) of length one from 1 or 0 (B,)."""
    return nn.functional.mse_loss((first * second).sum(dim=1), same)


def _train(setting: Setting) -> Generator[Progress, None, nn.ModuleList]:
    states = yield from read_sentences(setting, [example.text for example in setting.train])
    generator = np.random.default_rng(setting.seed)
    pairs = oversampled([example.label for example in setting.train], generator)[: setting.options.pairs]
    layers = nn.ModuleList(copy.deepcopy(layer) for layer in upper_layers(setting)).requires_grad_(True)

    def loss_of(step: int) -> Tensor:
        batch = pairs[step * BATCH_PAIRS : (step + 1) * BATCH_PAIRS]
        texts, where = np.unique(batch[:, :2], return_inverse=True)  # every text is encoded once
        own = vectors(setting, layers, [states[place] for place in texts])
        first, second = torch.tensor(where.reshape(-1, 2).T, device=own.device)
        return cosine_loss(own[first], own[second], torch.tensor(batch[:, 2], dtype=own.dtype, device=own.device))

    yield from train(layers.parameters(), loss_of, -(-len(pairs) // BATCH_PAIRS), setting.options.rate)
    return layers
