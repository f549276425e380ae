"""Su's variant: the masked language model's own loss, over the whole vocabulary (kexue.fm/archives/7764).

The label's word is one masked token among others: 15 % of the rest of the same sequence, template and text, is hidden
as well, and one mean over all of them is the loss. A label's first word is its word.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace

import torch
from torch import Tensor

from models.nets.batching import length_buckets
from playground.runtime.live_training import step_generator
from playground.tabs.prompting.few_shot.ensemble import Scores, member_scores, members_of
from playground.tabs.prompting.few_shot.label_words import LabelWords, targets_of
from playground.tabs.prompting.few_shot.layers import body_of
from playground.tabs.prompting.few_shot.masking import random_masks
from playground.tabs.prompting.few_shot.method import Outcomes, Progress, Setting
from playground.tabs.prompting.few_shot.optimising import batch_places, train
from playground.tabs.prompting.few_shot.pet import ensemble_progress
from playground.tabs.prompting.few_shot.prompt_model import PromptModel
from playground.tabs.prompting.few_shot.prompt_training import PADDED_TOKENS, Batch, hidden_words_loss
from playground.tabs.prompting.few_shot.reading import padded_ids, prompts_of
from playground.tabs.prompting.patterns import Pattern
from playground.tabs.prompting.verbalizers import Verbalizer

BATCH = 8  # every step reads its texts anew through all layers: more would take longer than 250 ms


def run(setting: Setting, outcomes: Outcomes) -> Iterator[Progress]:
    """Train a model a pattern on the labelled texts; probabilities after every pattern, details as PET's."""
    setting = with_first_words(setting)
    scores: list[Scores] = []
    patterns = members_of(setting)
    for place, pattern in enumerate(patterns):
        training = _train(setting, pattern, place)
        scores.append((yield from member_scores(setting, outcomes, f"su.{place}", pattern, training, pool=False)))
        yield ensemble_progress(setting, scores, place + 1, len(patterns))


def with_first_words(setting: Setting) -> Setting:
    """The setting with the first word of every label alone."""
    words = {label: own[:1] for label, own in setting.verbalizer.words.items()}
    return replace(setting, verbalizer=Verbalizer(words))


def filled_and_hidden(
    setting: Setting, rows: Sequence[tuple[int, ...]], words: Tensor, generator: torch.Generator
) -> Iterator[Batch]:
    """Prompts of similar length and their labels' words (B,), as batches of what is shown, asked and true.

    What is asked is the label's word at the mask, and 15 % of the other tokens.
    """
    body = body_of(setting.model)
    for group in length_buckets([len(row) for row in rows], PADDED_TOKENS):
        ids, mask = padded_ids(body, [rows[place] for place in group])
        at_label = ids == body.tokenizer.mask_token_id
        shown, asked = (own.to(ids.device) for own in random_masks(ids.cpu(), body.tokenizer, generator))
        yield shown, mask, asked | at_label, torch.where(at_label, words[group][:, None], ids)


def _train(setting: Setting, pattern: Pattern, *words: int) -> Generator[Progress, None, PromptModel]:
    rows = [prompt.ids for prompt in prompts_of(setting, pattern, [example.text for example in setting.train])]
    of_labels = LabelWords(setting).ids[targets_of(setting, [example.label for example in setting.train])]
    model = PromptModel(setting.model, setting.options.layers)

    def loss_of(step: int) -> Tensor:
        chosen = batch_places(len(rows), step, setting.seed, *words, size=BATCH)
        generator = step_generator(setting.seed, *words, 1, step)
        batches = filled_and_hidden(setting, [rows[place] for place in chosen], of_labels[chosen], generator)
        return hidden_words_loss(setting, model, batches)

    yield from train(model.parameters(), loss_of, setting.options.steps, setting.options.rate)
    return model
