"""What the frozen layers make of prompts: read once, in batches of similar length, and kept for all who train."""

from __future__ import annotations

from collections.abc import Generator, Sequence

import torch
from torch import Tensor, nn

from models.nets.batching import length_buckets
from playground.tabs.prompting.few_shot.layers import Body, body_of, run_layers
from playground.tabs.prompting.few_shot.method import Progress, Setting
from playground.tabs.prompting.masked_lm import MaskedLM
from playground.tabs.prompting.patterns import Pattern, Prompt, build_prompts

BATCH_TOKENS = 1024  # a step below 250 ms on one core
KEPT_BYTES = 256 << 20

Reading = Generator[Progress, None, list[Tensor]]


def frozen_layers(body: Body, trained: int) -> int:
    """How many layers stay as they are when the upper `trained` are trained."""
    return max(0, len(body.layers) - trained)


def read_prompts(setting: Setting, prompts: Sequence[Prompt], *, kept: bool = False, sentence: bool = False) -> Reading:
    """Hidden states (T, D) of every prompt below the trained layers, of the masked model or the `sentence` encoder.

    `kept` ones go into the setting's `hidden`, whole sets at a time: what a row gives in the last bit depends on the
    batch that it is in.
    """
    body = body_of(setting.encoder if sentence and setting.encoder else setting.model)
    count = frozen_layers(body, setting.options.layers)
    key = (sentence and setting.encoder is not None, count, tuple(prompt.ids for prompt in prompts))
    if key in setting.hidden:
        found: list[Tensor] = setting.hidden[key]
        return found
    states = [torch.empty(0)] * len(prompts)
    buckets = length_buckets([len(prompt.ids) for prompt in prompts], BATCH_TOKENS)
    for step, places in enumerate(buckets):
        for place, row in zip(places, _read(setting, body, count, [prompts[p] for p in places]), strict=True):
            states[place] = row
        yield Progress("Reading the texts", step + 1, len(buckets))
    if kept:
        _keep(setting, key, states)
    return states


def prompts_of(setting: Setting, pattern: Pattern, texts: Sequence[str]) -> list[Prompt]:
    """The texts in a pattern, for the setting's masked model."""
    if not texts:
        return []
    return build_prompts(pattern, texts, setting.model.tokenizer, longest=setting.options.longest)


def plain_prompts(setting: Setting, texts: Sequence[str], *, sentence: bool = False) -> list[Prompt]:
    """The texts alone between their special tokens."""
    tokenizer = body_of(setting.encoder if sentence and setting.encoder else setting.model).tokenizer
    rows = tokenizer(list(texts), truncation=True, max_length=setting.options.longest).input_ids
    return [Prompt(tuple(row), ()) for row in rows]


def _keep(setting: Setting, key: object, states: list[Tensor]) -> None:
    """Keep a set of states; the oldest ones leave where that is too much."""
    setting.hidden[key] = states
    while len(setting.hidden) > 1 and sum(map(_bytes_of, setting.hidden.values())) > KEPT_BYTES:
        del setting.hidden[next(iter(setting.hidden))]


def _bytes_of(states: list[Tensor]) -> int:
    return sum(row.nbytes for row in states)


@torch.no_grad()
def _read(setting: Setting, body: Body, count: int, prompts: list[Prompt]) -> list[Tensor]:
    ids, mask = padded_ids(body, [prompt.ids for prompt in prompts])
    with MaskedLM(setting.model).arithmetic():
        states = run_layers(body.layers[:count], body.embeddings(input_ids=ids), mask)
    return [row[: len(prompt.ids)].clone() for row, prompt in zip(states, prompts, strict=True)]


def padded_ids(body: Body, rows: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    """Ids (B, T) of rows of different lengths, and the mask (B, T) of what is not padding."""
    ids = nn.utils.rnn.pad_sequence(
        [torch.tensor(row) for row in rows], batch_first=True, padding_value=body.tokenizer.pad_token_id
    )
    mask = torch.arange(ids.shape[1]) < torch.tensor([len(row) for row in rows])[:, None]
    return ids.to(body.device), mask.to(body.device)
