"""BERT's random masking of prompts whose own mask and special tokens stay as they are (Devlin et al. 2019, 3.1)."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

SHARE = 0.15


def random_masks(
    ids: Tensor, tokenizer: Any, generator: torch.Generator, share: float = SHARE
) -> tuple[Tensor, Tensor]:
    """Ids (B, T) of which a share is hidden, and where (B, T), never at special tokens.

    Of the hidden ones 80 % become the mask token, 10 % a random token, 10 % stay.
    """
    special = torch.tensor(tokenizer.all_special_ids)
    asked = ~torch.isin(ids, special) & (torch.rand(ids.shape, generator=generator) < share)
    fate = torch.rand(ids.shape, generator=generator)
    other = torch.randint(len(tokenizer), ids.shape, generator=generator)
    shown = torch.where(asked & (fate < 0.8), tokenizer.mask_token_id, ids)
    return torch.where(asked & (fate >= 0.9), other, shown), asked
