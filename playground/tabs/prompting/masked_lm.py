"""A masked language model in two halves, so that the vocabulary is projected on at the masks alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any

import torch
from torch import Tensor

from models.nets.batching import has_bfloat16, length_buckets
from playground.runtime.errors import InvalidRequest
from playground.tabs.prompting.patterns import LONGEST, Prompt

BATCH_TOKENS = 2048
TOKEN_PARAMETERS = 10_000_000_000  # tokens times parameters of the layers
NO_HEAD = "This model has no head that fills in words: choose a masked language model."


class MaskedLM:
    """A BertForMaskedLM or RobertaForMaskedLM (registry.Loaded) as encoder and head.

    Raises:
        InvalidRequest: another architecture.
    """

    def __init__(self, loaded: Any) -> None:
        self.model, self.tokenizer, self.device = loaded.model, loaded.tokenizer, loaded.device
        head = getattr(self.model, "cls", None) or getattr(self.model, "lm_head", None)
        if head is None:
            raise InvalidRequest(NO_HEAD)
        self._encoder, self._head = self.model.base_model, head

    @property
    def batch_tokens(self) -> int:
        """Tokens that take about a tenth of a second on a processor's core; more on a GPU."""
        if self.device.type != "cpu":
            return 16 * BATCH_TOKENS
        layers: int = sum(parameter.numel() for parameter in self._encoder.encoder.parameters())
        return max(LONGEST, min(BATCH_TOKENS, TOKEN_PARAMETERS // layers))

    def hidden(self, ids: Tensor, mask: Tensor) -> Tensor:
        """The last layer (B, T, D) of ids (B, T) where mask (B, T) is 1; under :meth:`arithmetic`, float32 after."""
        with self.arithmetic():
            states: Tensor = self._encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        return states.float()

    def head(self, hidden: Tensor) -> Tensor:
        """Logits (M, V) in float32 of hidden states (M, D)."""
        logits: Tensor = self._head(hidden)
        return logits

    def arithmetic(self) -> AbstractContextManager[Any]:
        """bfloat16 autocast where the processor multiplies in it, which is about three times as fast."""
        return torch.autocast("cpu", torch.bfloat16, enabled=self.device.type == "cpu" and has_bfloat16())

    def padded(self, prompts: Sequence[Prompt]) -> tuple[Tensor, Tensor]:
        """Ids and attention mask (B, T) of prompts of different lengths."""
        width = max(len(prompt.ids) for prompt in prompts)
        padding = self.tokenizer.pad_token_id
        ids = torch.tensor([[*prompt.ids, *[padding] * (width - len(prompt.ids))] for prompt in prompts])
        lengths = torch.tensor([len(prompt.ids) for prompt in prompts])
        mask = (torch.arange(width) < lengths[:, None]).long()
        return ids.to(self.device), mask.to(self.device)


def mask_logits(
    lm: MaskedLM, prompts: Sequence[Prompt], *, batch_tokens: int = BATCH_TOKENS
) -> Iterator[tuple[list[int], Tensor]]:
    """Places in `prompts` and logits (n, M, V) at their M masks, one padded batch of similar lengths after another."""
    for places in length_buckets([len(prompt.ids) for prompt in prompts], batch_tokens):
        yield places, _at_masks(lm, [prompts[place] for place in places])


@torch.no_grad()
def _at_masks(lm: MaskedLM, prompts: Sequence[Prompt]) -> Tensor:
    hidden = lm.hidden(*lm.padded(prompts))
    masks = torch.tensor([prompt.masks for prompt in prompts], device=lm.device)  # (n, M)
    rows = torch.arange(len(prompts), device=lm.device)[:, None]
    logits = lm.head(hidden[rows, masks].flatten(0, 1))
    return logits.view(*masks.shape, -1)
