"""A model reads many prefixes at once, of different lengths, and then one token a step for each row."""

from __future__ import annotations

import inspect
from typing import Any, Protocol

import torch
from torch import Tensor

from models.nets.rnn_lm import RecurrentLM


class Reader(Protocol):
    """Rows of one model; `keep` lets them go on from other rows, any number of times each."""

    def read(self, prompts: list[list[int]]) -> Tensor:
        """Logits (N, V) after each prompt."""
        ...

    def step(self, tokens: Tensor) -> Tensor:
        """Logits (R, V) after one more token of each row, (R,)."""
        ...

    def keep(self, index: Tensor) -> None:
        """Let row i go on from what row index[i] was."""
        ...


def reader(loaded: Any) -> Reader:
    """The reader for a loaded model."""
    if isinstance(loaded.model, RecurrentLM):
        return Recurrent(loaded.model)
    if getattr(loaded.model.config, "is_encoder_decoder", False):
        return EncoderDecoder(loaded.model)
    return Causal(loaded.model)


def pad(prompts: list[list[int]], filler: int, device: torch.device, *, left: bool) -> tuple[Tensor, Tensor]:
    """Prompts as one tensor (N, T), and the mask (N, T) of what is theirs."""
    width = max(map(len, prompts))
    ids = torch.full((len(prompts), width), filler, dtype=torch.long)
    mask = torch.zeros_like(ids)
    for row, prompt in enumerate(prompts):
        place = slice(width - len(prompt), width) if left else slice(0, len(prompt))
        ids[row, place] = torch.tensor(prompt)
        mask[row, place] = 1
    return ids.to(device), mask.to(device)


class Recurrent:
    """Rows of a recurrent model; padding takes no step."""

    def __init__(self, model: RecurrentLM) -> None:
        self.model = model

    def read(self, prompts: list[list[int]]) -> Tensor:
        """Logits (N, V) after each prompt."""
        ids, mask = pad(prompts, 0, self.model.device, left=True)
        return self._kept(self.model(ids, attention_mask=mask, logits_to_keep=1))

    def step(self, tokens: Tensor) -> Tensor:
        """Logits (R, V) after one more token of each row."""
        return self._kept(self.model(tokens[:, None], past_key_values=self.cache))

    def keep(self, index: Tensor) -> None:
        """Let row i go on from row index[i]."""
        self.cache.reorder_cache(index)

    def states(self, rows: Tensor) -> Tensor:
        """The states (N, D) of some rows."""
        parts = (self.cache.hidden,) if self.cache.cell is None else (self.cache.hidden, self.cache.cell)
        return torch.cat([part[:, rows].transpose(0, 1).flatten(1) for part in parts], dim=1)

    def _kept(self, output: Any) -> Tensor:
        self.cache = output.past_key_values
        logits: Tensor = output.logits[:, -1]
        return logits


class Causal:
    """Rows of a decoder-only Transformer, padded at the left, each counting positions from its own first token."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self._takes_positions = "position_ids" in inspect.signature(model.forward).parameters
        self._cache: Any = None

    def read(self, prompts: list[list[int]]) -> Tensor:
        """Logits (N, V) after each prompt."""
        ids, self._mask = pad(prompts, 0, self.model.device, left=True)
        return self._forward(ids, (self._mask.cumsum(dim=1) - 1).clamp(min=0))

    def step(self, tokens: Tensor) -> Tensor:
        """Logits (R, V) after one more token of each row."""
        self._mask = torch.cat([self._mask, self._mask.new_ones(len(tokens), 1)], dim=1)
        return self._forward(tokens[:, None], self._mask.sum(dim=1, keepdim=True) - 1)

    def keep(self, index: Tensor) -> None:
        """Let row i go on from row index[i]."""
        self._cache.reorder_cache(index)
        self._mask = self._mask[index]

    def _forward(self, ids: Tensor, positions: Tensor) -> Tensor:
        where = {"position_ids": positions} if self._takes_positions else {}
        output = self.model(
            input_ids=ids,
            attention_mask=self._mask,
            past_key_values=self._cache,
            use_cache=True,
            logits_to_keep=1,
            **where,
        )
        self._cache = output.past_key_values
        logits: Tensor = output.logits[:, -1]
        return logits


class EncoderDecoder:
    """Rows of an encoder-decoder Transformer: prompts are what the encoder reads."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self._cache: Any = None

    def read(self, prompts: list[list[int]]) -> Tensor:
        """Logits (N, V) of the first new token for each prompt."""
        ids, self._mask = pad(prompts, self.model.config.pad_token_id or 0, self.model.device, left=False)
        self._states = self.model.get_encoder()(input_ids=ids, attention_mask=self._mask).last_hidden_state
        start = self.model.generation_config.decoder_start_token_id or self.model.config.decoder_start_token_id
        return self.step(torch.full((len(prompts),), start, device=ids.device))

    def step(self, tokens: Tensor) -> Tensor:
        """Logits (R, V) after one more token of each row."""
        output = self.model(
            encoder_outputs=(self._states,),
            attention_mask=self._mask,
            decoder_input_ids=tokens[:, None],
            past_key_values=self._cache,
            use_cache=True,
        )
        self._cache = output.past_key_values
        logits: Tensor = output.logits[:, -1]
        return logits

    def keep(self, index: Tensor) -> None:
        """Let row i go on from row index[i]."""
        self._cache.reorder_cache(index)
        self._mask, self._states = self._mask[index], self._states[index]
