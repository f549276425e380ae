"""Continue many prompts at once with a transformers model, and say which outputs have ended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor


def left_padded(rows: Sequence[Sequence[int]], pad: int) -> tuple[Tensor, Tensor]:
    """Ids and mask of rows of unequal length, both (R, T); the rows end together."""
    width = max(map(len, rows))
    ids = torch.full((len(rows), width), pad)
    for i, row in enumerate(rows):
        ids[i, width - len(row) :] = torch.tensor(row)
    mask = torch.tensor([[0] * (width - len(row)) + [1] * len(row) for row in rows])
    return ids, mask


@torch.inference_mode()
def continue_rows(model: Any, rows: Sequence[Sequence[int]], limit: int, batch: int, **options: Any) -> list[list[int]]:
    """At most `limit` new tokens of each row, up to and with <eos>, by ``model.generate``.

    Rows of similar length share a batch; the options are those of ``generate``.
    """
    outputs: list[list[int]] = [[] for _ in rows]
    order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
    for start in range(0, len(order), batch):
        chosen = order[start : start + batch]
        ids, mask = left_padded([rows[i] for i in chosen], model.config.pad_token_id)
        made = model.generate(input_ids=ids, attention_mask=mask, max_new_tokens=limit, **options)
        prompt = 1 if model.config.is_encoder_decoder else ids.shape[1]
        for i, row in zip(chosen, made[:, prompt:].tolist(), strict=True):
            outputs[i] = until_end(row, model.config.eos_token_id)
    return outputs


def continue_to_the_end(
    model: Any, rows: Sequence[Sequence[int]], limits: Sequence[int], batch: int
) -> list[list[int]]:
    """Greedy continuations, in rounds: only rows that have not ended within one limit get the next."""
    outputs: list[list[int]] = [[] for _ in rows]
    going = list(range(len(rows)))
    for limit in limits:
        made = continue_rows(model, [rows[i] for i in going], limit, batch, do_sample=False)
        for i, row in zip(going, made, strict=True):
            outputs[i] = row
        going = [i for i in going if not ended(outputs[i], model.config.eos_token_id)]
        if not going:
            break
    return outputs


def until_end(ids: Sequence[int], eos: int) -> list[int]:
    """The tokens up to and with the first <eos>; all if there is none."""
    return list(ids[: ids.index(eos) + 1]) if eos in ids else list(ids)


def ended(ids: Sequence[int], eos: int) -> bool:
    """Whether an output has come to its <eos>."""
    return bool(ids) and ids[-1] == eos
