"""An encoder of BERT's kind layer by layer: the lower ones are read once, the upper ones are trained.

The last layer answers at the places that are asked for alone; everything else of it would be thrown away.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from playground.runtime.loaders import Loaded


@dataclass(frozen=True)
class Body:
    """Embeddings and layers of a leased model, never to be written to, and its tokenizer."""

    embeddings: nn.Module
    layers: tuple[nn.Module, ...]
    tokenizer: Any
    device: torch.device


def body_of(loaded: Loaded) -> Body:
    """The body of a masked language model or of a sentence encoder."""
    whole: Any = loaded.model
    words = None if loaded.tokenizer else whole[0]  # a sentence encoder keeps its tokenizer in its first module
    encoder = words.model if words is not None else whole.base_model
    tokenizer = words.tokenizer if words is not None else loaded.tokenizer
    return Body(encoder.embeddings, tuple(encoder.encoder.layer), tokenizer, loaded.device)


def run_layer(layer: Any, hidden: Tensor, mask: Tensor, places: Tensor | None = None) -> Tensor:
    """One layer over hidden states (B, T, D), where mask (B, T) is true, at places (B, M) or everywhere; no dropout."""
    asking = hidden if places is None else at_places(hidden, places)
    own = layer.attention.self
    queries, keys, values = (
        project(states).unflatten(-1, (own.num_attention_heads, -1)).transpose(1, 2)  # (B, H, T, D / H)
        for project, states in ((own.query, asking), (own.key, hidden), (own.value, hidden))
    )
    mixed = nn.functional.scaled_dot_product_attention(queries, keys, values, attn_mask=mask[:, None, None])
    attended = layer.attention.output(mixed.transpose(1, 2).flatten(2), asking)
    answer: Tensor = layer.output(layer.intermediate(attended), attended)
    return answer


def run_layers(layers: Iterable[Any], hidden: Tensor, mask: Tensor, places: Tensor | None = None) -> Tensor:
    """Layers one after another (B, T, D), the last one at places (B, M) alone where they are given: (B, M, D)."""
    own = list(layers)
    for layer in own[:-1]:
        hidden = run_layer(layer, hidden, mask)
    if own:
        return run_layer(own[-1], hidden, mask, places)
    return hidden if places is None else at_places(hidden, places)


def at_places(states: Tensor, places: Tensor) -> Tensor:
    """States (B, M, D) of (B, T, D) at places (B, M)."""
    return states.gather(1, places[..., None].expand(-1, -1, states.shape[-1]))


def padded(states: list[Tensor]) -> tuple[Tensor, Tensor]:
    """States (B, T, D) of rows (T, D) of different lengths, zeros behind, and the mask (B, T) of what is one's own."""
    lengths = torch.tensor([len(row) for row in states])
    mask = torch.arange(int(lengths.max())) < lengths[:, None]
    return nn.utils.rnn.pad_sequence(states, batch_first=True), mask.to(states[0].device)


def masked_mean(states: Tensor, mask: Tensor) -> Tensor:
    """The mean (B, D) of states (B, T, D) where mask (B, T) is true."""
    weights = mask[..., None].to(states.dtype)
    return (states * weights).sum(1) / weights.sum(1)
