"""A text classifier without a prompt: the masked model's upper layers and a fresh linear map of [CLS]."""

from __future__ import annotations

import copy
from collections.abc import Callable, Generator, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from models.nets.batching import length_buckets
from playground.runtime.live_training import step_generator
from playground.tabs.prompting.few_shot.layers import body_of, padded, run_layers
from playground.tabs.prompting.few_shot.method import Progress, Setting
from playground.tabs.prompting.few_shot.optimising import batch_places, train
from playground.tabs.prompting.few_shot.prompt_training import SCORED_TOKENS
from playground.tabs.prompting.few_shot.reading import frozen_layers, plain_prompts, read_prompts
from playground.tabs.prompting.masked_lm import MaskedLM

INITIAL = 0.02  # standard deviation of BERT's fresh weights


class Classifier(nn.Module):
    """Copies of the upper layers of the setting's masked model, and a linear map drawn by its seed."""

    def __init__(self, setting: Setting) -> None:
        super().__init__()
        body = body_of(setting.model)
        upper = body.layers[frozen_layers(body, setting.options.layers) :]
        self.layers = nn.ModuleList(copy.deepcopy(layer) for layer in upper)
        table: Any = body.embeddings.word_embeddings
        generator = step_generator(setting.seed, 1)
        weights = INITIAL * torch.randn(len(setting.labels), table.embedding_dim, generator=generator)
        self.weights = nn.Parameter(weights.to(body.device))
        self.bias = nn.Parameter(torch.zeros(len(setting.labels), device=body.device))
        self.requires_grad_(True)

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        """Logits (B, C) of the frozen layers' states (B, T, D)."""
        first = torch.zeros(len(states), 1, dtype=torch.long, device=states.device)
        top = run_layers(self.layers, states, mask, first)[:, 0]
        return nn.functional.linear(top, self.weights, self.bias).float()


def train_classifier(
    setting: Setting, texts: Sequence[str], loss: Callable[[Tensor, Tensor], Tensor], targets: Tensor, stage: str
) -> Generator[Progress, None, Tensor]:
    """Train one under loss(logits (B, C), targets (B, …)), and give its logits (N, C) of the test texts."""
    states = yield from read_prompts(setting, plain_prompts(setting, texts))
    model = Classifier(setting)
    arithmetic = MaskedLM(setting.model).arithmetic

    def loss_of(step: int) -> Tensor:
        chosen = batch_places(len(texts), step, setting.seed, 1)
        with arithmetic():
            logits = model(*padded([states[place] for place in chosen]))
        return loss(logits, targets[chosen])

    yield from train(model.parameters(), loss_of, setting.options.steps, setting.options.rate, stage=stage)
    return (yield from _score(setting, model))


def _score(setting: Setting, model: Classifier) -> Generator[Progress, None, Tensor]:
    prompts = plain_prompts(setting, setting.test)
    states = yield from read_prompts(setting, prompts, kept=True)
    logits = torch.empty(len(prompts), len(setting.labels))
    buckets = length_buckets([len(prompt.ids) for prompt in prompts], SCORED_TOKENS)
    for step, places in enumerate(buckets):
        with torch.no_grad(), MaskedLM(setting.model).arithmetic():
            logits[places] = model(*padded([states[place] for place in places])).cpu()
        yield Progress("Scoring the test texts", step + 1, len(buckets))
    return logits
