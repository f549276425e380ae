"""Sentence vectors: the mean over the tokens of an encoder's last states, of length one."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence

import torch
from torch import Tensor, nn

from models.nets.batching import length_buckets
from playground.tabs.prompting.few_shot.layers import Body, body_of, masked_mean, padded, run_layers
from playground.tabs.prompting.few_shot.method import Progress, Setting
from playground.tabs.prompting.few_shot.reading import BATCH_TOKENS, frozen_layers, plain_prompts, read_prompts
from playground.tabs.prompting.masked_lm import MaskedLM


def sentence_body(setting: Setting) -> Body:
    """The setting's sentence encoder, or where it has none the body of its masked model."""
    return body_of(setting.encoder or setting.model)


def upper_layers(setting: Setting) -> tuple[nn.Module, ...]:
    """The encoder's own layers above the frozen ones."""
    body = sentence_body(setting)
    return body.layers[frozen_layers(body, setting.options.layers) :]


def read_sentences(
    setting: Setting, texts: Sequence[str], *, kept: bool = False
) -> Generator[Progress, None, list[Tensor]]:
    """What the encoder's frozen layers make of every text (T, D)."""
    return (yield from read_prompts(setting, plain_prompts(setting, texts, sentence=True), kept=kept, sentence=True))


def vectors(setting: Setting, layers: Iterable[nn.Module], states: list[Tensor]) -> Tensor:
    """Vectors (B, D) of length one that `layers` give of the frozen layers' states."""
    hidden, mask = padded(states)
    with MaskedLM(setting.model).arithmetic():
        top = run_layers(layers, hidden, mask)
    return nn.functional.normalize(masked_mean(top.float(), mask), dim=1)


def embed(
    setting: Setting, texts: Sequence[str], layers: Iterable[nn.Module] | None = None, *, kept: bool = False
) -> Generator[Progress, None, Tensor]:
    """Vectors (N, D) of texts, by the encoder's own upper layers or by others; `kept` ones of its own are kept too."""
    key = ("vectors", tuple(texts))
    if layers is None and key in setting.hidden:
        found: Tensor = setting.hidden[key]
        return found
    own = list(layers or upper_layers(setting))
    states = yield from read_sentences(setting, texts, kept=kept)
    parts = [torch.empty(0)] * len(texts)
    buckets = length_buckets([len(row) for row in states], BATCH_TOKENS)
    for step, places in enumerate(buckets):
        with torch.no_grad():
            for place, vector in zip(places, vectors(setting, own, [states[p] for p in places]), strict=True):
                parts[place] = vector
        yield Progress("Reading the texts", step + 1, len(buckets))
    together = torch.stack(parts)
    if layers is None and kept:
        setting.hidden[key] = together
    return together
