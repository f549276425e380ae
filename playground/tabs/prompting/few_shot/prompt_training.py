"""PET's training of one pattern: cross-entropy over the label words at the mask, and what it then says of texts.

Schick and Schütze 2021 (arXiv 2001.07676), section 3: loss = (1 - α) · CE + α · MLM, with α = 1e-4 where the auxiliary
loss is on. Texts of the pool lend the masked words of the MLM part.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from models.nets.batching import length_buckets
from playground.runtime.live_training import step_generator
from playground.tabs.prompting.few_shot.label_words import LabelWords, targets_of
from playground.tabs.prompting.few_shot.layers import body_of, padded, run_layers
from playground.tabs.prompting.few_shot.masking import random_masks
from playground.tabs.prompting.few_shot.method import Array, Progress, Setting
from playground.tabs.prompting.few_shot.optimising import batch_places, train
from playground.tabs.prompting.few_shot.prompt_model import PromptModel
from playground.tabs.prompting.few_shot.reading import padded_ids, prompts_of, read_prompts
from playground.tabs.prompting.masked_lm import MaskedLM
from playground.tabs.prompting.patterns import Pattern, Prompt

AUXILIARY_BATCH = 4
PADDED_TOKENS = 256
SCORED_TOKENS = 4096  # one upper layer and a half are cheap
Loss = Callable[[int], Tensor]


@dataclass(frozen=True)
class Labelled:
    """Texts of the pool by their places (M,) and the labels (M,), as numbers, that somebody gave them."""

    places: Array
    labels: Array


def train_prompt(
    setting: Setting, pattern: Pattern, *words: int, more: Labelled | None = None
) -> Generator[Progress, None, PromptModel]:
    """A model trained in one pattern on the labelled texts, and `more`; `words` tell this training from others."""
    prompts = prompts_of(setting, pattern, [example.text for example in setting.train])
    states = yield from read_prompts(setting, prompts, kept=True)
    targets = targets_of(setting, [example.label for example in setting.train])
    if more is not None:
        pool = prompts_of(setting, pattern, setting.unlabelled)
        of_pool = yield from read_prompts(setting, pool, kept=True)
        prompts = prompts + [pool[place] for place in more.places]
        states = states + [of_pool[place] for place in more.places]
        targets = torch.cat([targets, torch.tensor(more.labels, device=targets.device)])
    auxiliary = _auxiliary(setting, pattern, *words)
    return (yield from train_prompts(setting, prompts, states, targets, *words, auxiliary=auxiliary))


def train_prompts(
    setting: Setting,
    prompts: list[Prompt],
    states: list[Tensor],
    targets: Tensor,
    *words: int,
    auxiliary: Callable[[PromptModel], Loss] | None = None,
) -> Generator[Progress, None, PromptModel]:
    """A model trained to say the target (N,) of every prompt, of which the frozen layers made `states`."""
    model, label_words = PromptModel(setting.model, setting.options.layers), LabelWords(setting)
    share = setting.options.auxiliary if auxiliary else 0.0
    other = auxiliary(model) if auxiliary else None

    def loss_of(step: int) -> Tensor:
        chosen = batch_places(len(prompts), step, setting.seed, *words)
        answers = at_masks(setting, model, [states[p] for p in chosen], [prompts[p] for p in chosen])
        loss = nn.functional.cross_entropy(label_words.scores(model, answers), targets[chosen])
        return loss if other is None else (1 - share) * loss + share * other(step)

    yield from train(model.parameters(), loss_of, setting.options.steps, setting.options.rate)
    return model


def score_prompts(
    setting: Setting, model: PromptModel, prompts: list[Prompt], *, kept: bool = True
) -> Generator[Progress, None, Tensor]:
    """Label scores (N, C) of prompts; what the frozen layers make of them is kept for the next model."""
    states = yield from read_prompts(setting, prompts, kept=kept)
    label_words = LabelWords(setting)
    scores = torch.empty(len(prompts), len(setting.labels))
    buckets = length_buckets([len(prompt.ids) for prompt in prompts], SCORED_TOKENS)
    for step, places in enumerate(buckets):
        with torch.no_grad():
            answers = at_masks(setting, model, [states[p] for p in places], [prompts[p] for p in places])
            scores[places] = label_words.scores(model, answers).cpu()
        yield Progress("Scoring the test texts", step + 1, len(buckets))
    return scores


def at_masks(setting: Setting, model: PromptModel, states: list[Tensor], prompts: list[Prompt]) -> Tensor:
    """The model's answers (B, D) at the mask of every prompt, computed in groups of similar length to pad little."""
    order: list[int] = []
    parts = []
    with MaskedLM(setting.model).arithmetic():
        for group in length_buckets([len(prompt.ids) for prompt in prompts], PADDED_TOKENS):
            hidden, mask = padded([states[place] for place in group])
            places = torch.tensor([prompts[place].masks[:1] for place in group], device=hidden.device)
            parts.append(model(hidden, mask, places)[:, 0].float())
            order += group
    return torch.cat(parts)[torch.tensor(order).argsort()]


Batch = tuple[Tensor, Tensor, Tensor, Tensor]


def hidden_words_loss(setting: Setting, model: PromptModel, batches: Iterable[Batch]) -> Tensor:
    """Mean cross-entropy over the whole vocabulary at the places asked alone, of all batches together.

    A batch (B, T) is tokens with some hidden, the mask of what is not padding, the places asked, and the true tokens.
    """
    body = body_of(setting.model)
    logits, words = [], []
    with MaskedLM(setting.model).arithmetic():
        for shown, mask, asked, true in batches:
            with torch.no_grad():
                states = run_layers(body.layers[: model.first], body.embeddings(input_ids=shown), mask)
            logits.append(model.logits(model.head(run_layers(model.layers, states, mask)[asked])))
            words.append(true[asked])
    return mean_cross_entropy(torch.cat(logits), torch.cat(words))


def mean_cross_entropy(logits: Tensor, words: Tensor) -> Tensor:
    """Mean cross-entropy of logits (M, V) at words (M,); zero where M is."""
    return nn.functional.cross_entropy(logits, words, reduction="sum") / max(1, len(words))


def _auxiliary(setting: Setting, pattern: Pattern, *words: int) -> Callable[[PromptModel], Loss] | None:
    """The MLM loss of a few prompted texts of the pool at every step, where it is on."""
    if not setting.options.auxiliary or not setting.unlabelled:
        return None
    rows = [prompt.ids for prompt in prompts_of(setting, pattern, setting.unlabelled)]
    body = body_of(setting.model)

    def of_model(model: PromptModel) -> Loss:
        def loss(step: int) -> Tensor:
            chosen = batch_places(len(rows), step, setting.seed, *words, 1, size=AUXILIARY_BATCH)
            ids, mask = padded_ids(body, [rows[place] for place in chosen])
            generator = step_generator(setting.seed, *words, 2, step)
            shown, asked = (own.to(ids.device) for own in random_masks(ids.cpu(), body.tokenizer, generator))
            return hidden_words_loss(setting, model, [(shown, mask, asked, ids)])

        return loss

    return of_model
