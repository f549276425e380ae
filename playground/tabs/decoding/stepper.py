"""One face over the kinds of model that decode: causal, encoder-decoder, recurrent.

The prompt is read once, by one row; :meth:`Stepper.spread` gives every row the state after it, and
from then on all rows take a token each in one forward pass. Forced tokens stand after the prompt
and count as new ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor

from models.nets.rnn_lm import RecurrentCache, RecurrentLM
from playground.tabs.decoding.certificate import row_state
from playground.tabs.decoding.key_values import growing_cache, growing_encoder_decoder_cache
from playground.tabs.decoding.projection import Projection, projection_of


@dataclass(frozen=True)
class Reading:
    """What one row saw while it read the prompt and F forced tokens.

    logits (F + 1, V) after the prompt and after each forced token; hidden (T, D) the last layer's
    states of all positions, None unless asked for; states (F + 1, S) of a recurrent model where it
    gave these logits, None for others.
    """

    logits: Tensor
    hidden: Tensor | None = None
    states: Tensor | None = None


class Stepper(Protocol):
    """A model with the state of its rows. `hidden` (R, D) belongs to the tokens read last, where asked for."""

    hidden: Tensor | None

    def read(self, prompt: list[int], forced: list[int]) -> Reading:
        """Read the prompt and what stands after it, as one row."""

    def spread(self, rows: int) -> None:
        """Give so many rows the state of the one that has read."""

    def step(self, tokens: Tensor) -> Tensor:
        """Logits (R, V) after one more token (R,) a row."""

    def reorder(self, index: Tensor) -> None:
        """Let row i go on from row index[i]; there may be more or fewer rows than before."""

    def state(self, row: int) -> Tensor | None:
        """All that the next step of a row depends on beside its token, as one vector; None if it keeps growing."""


def stepper_for(model: Any, device: torch.device, keep_hidden: bool = False) -> Stepper:
    """The stepper for a model; keep_hidden where a search looks at hidden states."""
    if isinstance(model, RecurrentLM):
        return RecurrentStepper(model, device, keep_hidden)
    if getattr(model.config, "is_encoder_decoder", False):
        return EncoderDecoderStepper(model, device, keep_hidden)
    return CausalStepper(model, device, keep_hidden)


class CausalStepper:
    """A Transformer that reads the prompt and writes after it."""

    def __init__(self, model: Any, device: torch.device, keep_hidden: bool = False) -> None:
        self._model, self._device, self._keep_hidden = model, device, keep_hidden
        self._cache: Any = growing_cache(model.config)
        self._project: Projection | None = None
        self.hidden: Tensor | None = None

    def read(self, prompt: list[int], forced: list[int]) -> Reading:
        """Read prompt and forced tokens in one pass."""
        ids = torch.tensor([prompt + forced], device=self._device)
        count = len(forced) + 1
        output = self._forward(self._model, input_ids=ids, logits_to_keep=count, output_hidden_states=True)
        hidden, logits = output.hidden_states[-1][0], output.logits[0]  # (T, D), (F + 1, V)
        self._project = projection_of(self._model, hidden[-count:], logits)
        self.hidden = hidden[-1:] if self._keep_hidden else None
        return Reading(logits, hidden if self._keep_hidden else None)

    def spread(self, rows: int) -> None:
        """Give so many rows the state of the one that has read."""
        self.reorder(torch.zeros(rows, dtype=torch.long, device=self._device))

    def step(self, tokens: Tensor) -> Tensor:
        """Logits (R, V) after one more token (R,) a row."""
        if self._project is not None:
            hidden: Tensor = self._forward(self._model.base_model, input_ids=tokens[:, None]).last_hidden_state[:, -1]
            self.hidden = hidden if self._keep_hidden else None
            return self._project(hidden)
        output = self._forward(self._model, input_ids=tokens[:, None], output_hidden_states=self._keep_hidden)
        self.hidden = output.hidden_states[-1][:, -1] if self._keep_hidden else None
        logits: Tensor = output.logits[:, -1]
        return logits

    def reorder(self, index: Tensor) -> None:
        """Let row i go on from row index[i]."""
        self._cache.reorder_cache(index)
        self.hidden = None if self.hidden is None else self.hidden[index]

    def state(self, row: int) -> None:
        """None: a Transformer reads an ever longer text."""

    def _forward(self, network: Any, **inputs: Any) -> Any:
        return network(**inputs, past_key_values=self._cache, use_cache=True)


class EncoderDecoderStepper:
    """A Transformer whose encoder reads the prompt, once for all rows; its decoder writes from a start token."""

    def __init__(self, model: Any, device: torch.device, keep_hidden: bool = False) -> None:
        self._model, self._device, self._keep_hidden = model, device, keep_hidden
        self._cache = growing_encoder_decoder_cache(model.config)
        self._rows = 1
        self.hidden: Tensor | None = None

    def read(self, prompt: list[int], forced: list[int]) -> Reading:
        """Let the encoder read the prompt, and the decoder its start token and the forced ones."""
        ids = torch.tensor([prompt], device=self._device)
        self._encoded = self._model.get_encoder()(input_ids=ids).last_hidden_state  # (1, T, D)
        logits, hidden = self._forward(torch.tensor([[start_token(self._model), *forced]], device=self._device))
        self.hidden = None if hidden is None else hidden[:, -1]
        return Reading(logits[0], None if hidden is None else hidden[0])

    def spread(self, rows: int) -> None:
        """Give so many rows the state of the one that has read; the encoder's states stay one row's."""
        self.reorder(torch.zeros(rows, dtype=torch.long, device=self._device))

    def step(self, tokens: Tensor) -> Tensor:
        """Logits (R, V) after one more token (R,) a row."""
        logits, hidden = self._forward(tokens[:, None])
        self.hidden = None if hidden is None else hidden[:, -1]
        return logits[:, -1]

    def reorder(self, index: Tensor) -> None:
        """Let row i go on from row index[i]."""
        self._rows = len(index)
        self._cache.reorder_cache(index)  # type: ignore[arg-type]
        self.hidden = None if self.hidden is None else self.hidden[index]

    def state(self, row: int) -> None:
        """None: a Transformer reads an ever longer text."""

    def _forward(self, ids: Tensor) -> tuple[Tensor, Tensor | None]:
        """Logits (R, T, V) and, where asked for, the decoder's last hidden states (R, T, D)."""
        output = self._model(
            decoder_input_ids=ids,
            encoder_outputs=(self._encoded.expand(self._rows, -1, -1),),
            past_key_values=self._cache,
            use_cache=True,
            output_hidden_states=self._keep_hidden,
        )
        return output.logits, output.decoder_hidden_states[-1] if self._keep_hidden else None


class RecurrentStepper:
    """A recurrent network: its state has one size, and forced tokens are read one at a time to show it."""

    _cache: RecurrentCache

    def __init__(self, model: RecurrentLM, device: torch.device, keep_hidden: bool = False) -> None:
        self._model, self._device, self._keep_hidden = model, device, keep_hidden
        self.hidden: Tensor | None = None

    def read(self, prompt: list[int], forced: list[int]) -> Reading:
        """Read the prompt in one pass, as context, and then the forced tokens."""
        ids = torch.tensor([prompt], device=self._device)
        output = self._model(input_ids=ids, logits_to_keep=1)
        self._cache = output.past_key_values
        logits, states = [output.logits[:, -1]], [self.state(0)]
        hidden = [self._prompt_hidden(ids)] if self._keep_hidden else []
        for token in forced:
            logits.append(self.step(ids.new_tensor([token])))
            states.append(self.state(0))
            hidden += [] if self.hidden is None else [self.hidden]
        self._show_hidden()
        return Reading(torch.cat(logits), torch.cat(hidden) if hidden else None, torch.stack(states))

    def spread(self, rows: int) -> None:
        """Give so many rows the state of the one that has read."""
        self.reorder(torch.zeros(rows, dtype=torch.long, device=self._device))

    def step(self, tokens: Tensor) -> Tensor:
        """Logits (R, V) after one more token (R,) a row."""
        output = self._model(input_ids=tokens[:, None], past_key_values=self._cache)
        self._cache = output.past_key_values
        self._show_hidden()
        logits: Tensor = output.logits[:, -1]
        return logits

    def reorder(self, index: Tensor) -> None:
        """Let row i go on from row index[i]."""
        self._cache.reorder_cache(index)
        self._show_hidden()

    def state(self, row: int) -> Tensor:
        """The state of one row as one vector (S,)."""
        return row_state(self._cache, row)

    def _show_hidden(self) -> None:
        self.hidden = self._cache.hidden[-1] if self._keep_hidden else None

    def _prompt_hidden(self, ids: Tensor) -> Tensor:
        """The last layer's states (T, D) while reading ids (1, T), which the model's output does not hold."""
        hidden: Tensor = self._model.recurrence(self._model.embedding(ids))[0][0]
        return hidden


def start_token(model: Any) -> int:
    """The token from which an encoder-decoder model's text starts."""
    starts = (getattr(model.config, name, None) for name in ("decoder_start_token_id", "bos_token_id", "pad_token_id"))
    return next((int(start) for start in starts if start is not None), 0)
