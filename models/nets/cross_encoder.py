"""A cross-encoder: both texts read together as [CLS] a [SEP] b [SEP], the states' mean turned into one logit.

Both texts see each other from the first layer on, so nothing of a text can be kept for the next pair.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from transformers import BertModel

from models.nets.batching import has_bfloat16, length_buckets
from models.nets.sentence_vectors import LONGEST, MOST_CHARACTERS, windows

BATCH_TOKENS, GPU_TOKENS = 1_024, 32_768


class CrossEncoder(nn.Module):
    """A BERT under a head of two layers. Where the texts part only [SEP] tells: all segments are 0.

    Args:
        body: the network of the words; it is used, not copied.
    """

    def __init__(self, body: BertModel) -> None:
        super().__init__()
        width: int = body.config.hidden_size
        self.body = body
        self.head = nn.Sequential(nn.Linear(width, width), nn.Tanh(), nn.Linear(width, 1))

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Logits (B,) of rows ids (B, T) with mask (B, T): higher where a pair is more alike."""
        hidden = self.body(input_ids=ids, attention_mask=mask).last_hidden_state
        logits: Tensor = self.head(mean_state(hidden, mask)).squeeze(1)
        return logits.float()


def bert_of(module: nn.Module) -> BertModel:
    """The BERT inside a sentence encoder or a masked language model, also one under adapters."""
    return next(part for part in module.modules() if isinstance(part, BertModel))


def mean_state(hidden: Tensor, mask: Tensor) -> Tensor:
    """The mean (B, D) of states (B, T, D) where mask (B, T) is 1, in float32."""
    counted = mask.unsqueeze(2).float()
    return (hidden.float() * counted).sum(1) / counted.sum(1)


def pair_rows(tokenizer: Any, pairs: Sequence[tuple[str, str]], longest: int = LONGEST) -> list[list[int]]:
    """Ids [CLS] a [SEP] b [SEP] of every pair, of at most `longest` tokens: the longer text loses its end first."""
    if not pairs:
        return []
    first, second = ([text[:MOST_CHARACTERS] for text in side] for side in zip(*pairs, strict=True))
    rows: list[list[int]] = tokenizer(
        first, second, truncation="longest_first", max_length=longest, return_attention_mask=False
    ).input_ids
    return rows


def padded(rows: Sequence[list[int]], padding: int) -> tuple[Tensor, Tensor]:
    """Ids and mask (B, T) of rows of ids."""
    width = max(map(len, rows))
    ids = torch.tensor([[*row, *[padding] * (width - len(row))] for row in rows])
    return ids, (torch.arange(width) < torch.tensor([[len(row)] for row in rows])).long()


def pair_batches(
    model: nn.Module, tokenizer: Any, pairs: Sequence[tuple[str, str]], criterion: str | None = None
) -> Iterator[tuple[list[int], Tensor]]:
    """Places in `pairs` and their logits (n,), batch after batch of similar lengths, each within a moment.

    A model that knows criteria is asked `model.tasks(pairs, criterion)` for a task (n,) a pair, which it is then given.
    """
    longest = min(LONGEST, bert_of(model).config.max_position_embeddings)
    device = next(model.parameters()).device
    tokens = BATCH_TOKENS if device.type == "cpu" else GPU_TOKENS
    for start, end in windows([len(a) + len(b) for a, b in pairs]):
        rows = pair_rows(tokenizer, pairs[start:end], longest)
        for bucket in length_buckets(list(map(len, rows)), tokens):
            places = [start + place for place in bucket]
            inputs = [each.to(device) for each in padded([rows[place] for place in bucket], tokenizer.pad_token_id)]
            if criterion is not None:
                inputs.append(model.tasks([pairs[place] for place in places], criterion))  # type: ignore[operator]
            yield places, _logits(model, inputs)


@torch.no_grad()
def _logits(model: nn.Module, inputs: Sequence[Tensor]) -> Tensor:
    device = inputs[0].device.type
    with torch.autocast("cpu", torch.bfloat16, enabled=device == "cpu" and has_bfloat16()):
        logits: Tensor = model(*inputs)
    return logits.float()
