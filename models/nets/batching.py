"""Batches of texts on a processor: what goes together, and the arithmetic it is read in."""

from __future__ import annotations

from collections.abc import Sequence

import torch


def length_buckets(lengths: Sequence[int], batch_tokens: int) -> list[list[int]]:
    """Places sorted by length, cut so that no batch padded to its longest holds more than `batch_tokens` tokens."""
    buckets: list[list[int]] = []
    for place in sorted(range(len(lengths)), key=lengths.__getitem__):
        if buckets and (len(buckets[-1]) + 1) * lengths[place] <= batch_tokens:
            buckets[-1].append(place)
        else:
            buckets.append([place])
    return buckets


def has_bfloat16() -> bool:
    """Whether this processor multiplies in bfloat16; elsewhere autocast would be slower."""
    return torch.cpu._is_avx512_bf16_supported()
