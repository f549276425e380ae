"""Texts of decoders that search: one prefix after the other, through the batch of the main panel."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor

from playground.tabs.decoding.batch import Batch
from playground.tabs.decoding.measure.rollout import Texts
from playground.tabs.decoding.strategies import Strategy


class Search:
    """One text."""

    def __init__(self, loaded: Any, strategy: Strategy, prompt: list[int], seed: int, limit: int) -> None:
        self._loaded, self._prompt, self._limit = loaded, prompt, limit
        self._batch = Batch(loaded, [(0, strategy)], limit, seed, False)
        self._steps = 0

    def steps(self) -> Iterator[int]:
        """Search on; yields the number of rows of every step."""
        self._batch.read_prompt(self._prompt)
        for step in range(self._limit):
            if not self._batch.active:
                return
            self._batch.step(step)
            self._steps += 1
            yield self._batch.rows[0].strategy.width

    def text(self) -> Texts:
        """The text found, with the model's probabilities of it."""
        tokens = self._batch.rows[0].tokens
        log_p, entropy = score(self._loaded.model, self._prompt, tokens)
        return Texts(
            tokens=_padded(np.array(tokens, dtype=np.int64), self._limit),
            length=np.array([len(tokens)]),
            stopped=np.array([bool(tokens) and tokens[-1] == self._batch.eos]),
            certified=np.array([False]),
            log_p=_padded(log_p, self._limit),
            entropy=_padded(entropy, self._limit),
            steps_run=np.array([self._steps]),
        )


search_text = Search


@torch.inference_mode()
def score(model: Any, prompt: list[int], tokens: list[int]) -> tuple[Any, Any]:
    """Log-probability and entropy, (T,) each, of every token after the prompt, in one pass of the model."""
    logits = _logits(model, prompt, tokens)  # (T, V)
    log_p = logits.float().log_softmax(dim=-1)
    chosen = log_p.gather(-1, torch.tensor(tokens, device=log_p.device)[:, None])[:, 0]
    entropy = -torch.special.xlogy(log_p.exp(), log_p.exp()).sum(dim=-1)
    return chosen.cpu().numpy(), entropy.cpu().numpy()


def _logits(model: Any, prompt: list[int], tokens: list[int]) -> Tensor:
    if model.config.is_encoder_decoder:
        start = model.generation_config.decoder_start_token_id or model.config.decoder_start_token_id
        read = torch.tensor([[start, *tokens[:-1]]], device=model.device)
        logits: Tensor = model(input_ids=torch.tensor([prompt], device=model.device), decoder_input_ids=read).logits[0]
        return logits
    ids = torch.tensor([[*prompt, *tokens[:-1]]], device=model.device)
    context = {"context_length": len(prompt)} if hasattr(model.config, "termination") else {}
    logits = model(input_ids=ids, **context).logits[0, len(prompt) - 1 :]
    return logits


def _padded(values: Any, limit: int) -> Any:
    return np.pad(values, (0, limit - len(values)))[None]
