"""Masked language modelling, shared by its recipes: rows of ids, masked batches, and a loss at the masks alone.

Masks follow BERT (Devlin et al. 2019, arXiv 1810.04805, section 3.1): of the tokens asked for 80 % become
[MASK], 10 % another token, 10 % stay.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from transformers import PreTrainedTokenizerBase

from models.recipes.training import Batch


def token_rows(tokenizer: PreTrainedTokenizerBase, texts: list[str], longest: int) -> list[list[int]]:
    """Ids [CLS] … [SEP] of every text, cut to `longest` tokens."""
    rows: list[list[int]] = tokenizer(texts, truncation=True, max_length=longest).input_ids
    return rows


def pad_rows(rows: list[list[int]], padding: int) -> Tensor:
    """Ids (B, T) of rows of different lengths."""
    width = max(map(len, rows))
    return torch.tensor([row + [padding] * (width - len(row)) for row in rows])


def masked_batch(
    rows: list[list[int]], tokenizer: PreTrainedTokenizerBase, share: float, generator: torch.Generator
) -> Batch:
    """Inputs and mask (B, T), flat places (M,) of the tokens asked for, and those tokens (M,)."""
    ids = pad_rows(rows, tokenizer.pad_token_id)
    special = torch.tensor(tokenizer.all_special_ids)
    asked = ~torch.isin(ids, special) & (torch.rand(ids.shape, generator=generator) < share)
    fate = torch.rand(ids.shape, generator=generator)
    other = torch.randint(len(tokenizer), ids.shape, generator=generator)
    shown = torch.where(asked & (fate < 0.8), tokenizer.mask_token_id, ids)
    shown = torch.where(asked & (fate >= 0.9), other, shown)
    places = asked.flatten().nonzero()[:, 0]
    return shown, (ids != tokenizer.pad_token_id).long(), places, ids.flatten()[places]


def masked_loss(model: nn.Module, batch: Batch) -> Tensor:
    """Mean negative log-likelihood of the tokens asked for."""
    inputs, mask, places, labels = batch
    encoder: Any = model.bert
    head: Any = model.cls
    hidden = encoder(input_ids=inputs, attention_mask=mask).last_hidden_state  # (B, T, D)
    logits = head(hidden.flatten(0, 1)[places])  # (M, V)
    return nn.functional.cross_entropy(logits.float(), labels)
