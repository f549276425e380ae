"""Recurrent language models, tanh-RNN and LSTM, plain or self-terminating.

The models of the consistency paper [1] and of NMST [2] at a size that ships: tied embeddings,
two layers, a context after which steps count. They are transformers models, so ``generate``
runs them: the recurrent state, the step count and ST's running product travel together as
``past_key_values`` in :class:`RecurrentCache`, whose ``reorder_cache`` beam search calls.

1. Welleck et al. 2020, arXiv 2002.02492.   2. Choi et al. 2023, arXiv 2210.00660.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence
from transformers import GenerationMixin, PretrainedConfig, PreTrainedModel
from transformers.modeling_outputs import CausalLMOutputWithPast

from models.nets.termination import join_eos, nmst_log_continue, st_log_continue

Cell = Literal["tanh", "lstm"]
Termination = Literal["vanilla", "st", "nmst"]


class RecurrentConfig(PretrainedConfig):
    """Shape of a recurrent language model and the way it ends."""

    model_type = "whybox-rnn-lm"

    def __init__(
        self,
        vocab_size: int = 8000,
        hidden_size: int = 256,
        num_hidden_layers: int = 2,
        cell: Cell = "tanh",
        termination: Termination = "vanilla",
        epsilon: float = 1e-3,
        dropout: float = 0.1,
        pad_token_id: int = 0,
        bos_token_id: int = 1,
        eos_token_id: int = 2,
        **kwargs: Any,
    ) -> None:
        kwargs.pop("tie_word_embeddings", None)  # always tied; transformers writes it into config.json
        self.vocab_size = vocab_size
        self.hidden_size = hidden_size
        self.num_hidden_layers = num_hidden_layers
        self.cell = cell
        self.termination = termination
        self.epsilon = epsilon
        self.dropout = dropout
        special = {"pad_token_id": pad_token_id, "bos_token_id": bos_token_id, "eos_token_id": eos_token_id}
        super().__init__(**special, tie_word_embeddings=True, **kwargs)


@dataclass
class RecurrentCache:
    """Everything a row needs to go on; B rows, L layers, H units.

    hidden (L, B, H); cell (L, B, H) for an LSTM; steps (B,) tokens since the context;
    log_continue (B,) ST's log-probability of not having stopped; seen tokens so far.
    """

    hidden: Tensor
    cell: Tensor | None
    steps: Tensor
    log_continue: Tensor
    seen: int = 0

    def get_seq_length(self, layer_idx: int = 0) -> int:
        """Tokens read so far, padding included."""
        return self.seen

    def reorder_cache(self, beam_idx: Tensor) -> None:
        """Let row i go on from the state of row beam_idx[i], in place (transformers' beam search)."""
        self.hidden = self.hidden.index_select(1, beam_idx)
        self.cell = None if self.cell is None else self.cell.index_select(1, beam_idx)
        self.steps = self.steps.index_select(0, beam_idx)
        self.log_continue = self.log_continue.index_select(0, beam_idx)


class RecurrentLM(PreTrainedModel, GenerationMixin):
    """A tied-embedding recurrent language model with a vanilla, ST or NMST output head."""

    config_class = RecurrentConfig
    config: RecurrentConfig
    base_model_prefix = ""
    _tied_weights_keys = {"decoder.weight": "embedding.weight"}

    def __init__(self, config: RecurrentConfig) -> None:
        super().__init__(config)
        size, layers = config.hidden_size, config.num_hidden_layers
        between = config.dropout if layers > 1 else 0.0
        self.embedding = nn.Embedding(config.vocab_size, size)
        self.dropout = nn.Dropout(config.dropout)
        if config.cell == "lstm":
            self.recurrence: nn.RNNBase = nn.LSTM(size, size, layers, batch_first=True, dropout=between)
        else:
            self.recurrence = nn.RNN(size, size, layers, batch_first=True, dropout=between)
        self.decoder = nn.Linear(size, config.vocab_size)
        if config.termination != "vanilla":
            self.eos_head = nn.Linear(size, 1)
        self.post_init()

    def _init_weights(self, module: nn.Module) -> None:
        if isinstance(module, nn.Embedding):
            nn.init.normal_(module.weight, std=0.05)
        elif isinstance(module, nn.RNNBase):
            for name, parameter in module.named_parameters():
                (nn.init.orthogonal_ if name.startswith("weight") else nn.init.zeros_)(parameter)
        elif module is getattr(self, "eos_head", None):
            # Start near "go on" in either reading: ST's score is large for go on, NMST's for stop.
            nn.init.zeros_(module.weight)
            nn.init.constant_(module.bias, 5.0 if self.config.termination == "st" else -5.0)
        elif isinstance(module, nn.Linear):
            nn.init.zeros_(module.bias)

    def get_input_embeddings(self) -> nn.Module:
        """The token embedding, which the output layer shares."""
        return self.embedding

    def get_output_embeddings(self) -> nn.Module:
        """The output layer, tied to the embedding."""
        return self.decoder

    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor | None = None,
        past_key_values: RecurrentCache | None = None,
        context_length: int | None = None,
        labels: Tensor | None = None,
        **_: Any,
    ) -> CausalLMOutputWithPast:
        """Logits (B, T, V) after each of the tokens input_ids (B, T), and the state to go on from.

        attention_mask (B, T) marks padding on either side on the first call; context_length says
        how many of a row's first tokens are context (all of them by default); labels (B, T) hold
        the next token, or -100 where it is not scored.
        """
        past = past_key_values or self.initial_cache(input_ids.shape[0])
        embedded = self.dropout(self.embedding(input_ids))
        if attention_mask is None or past_key_values is not None or bool(attention_mask.all()):
            hidden, state = self._recur(embedded, past)
            order = torch.arange(1, input_ids.shape[1] + 1, device=input_ids.device).expand_as(input_ids)
        else:
            hidden, state = self._recur_padded(embedded, past, attention_mask)
            order = attention_mask.cumsum(dim=1)
        if past_key_values is not None:
            steps = past.steps[:, None] + order
        else:
            context = order.max(dim=1, keepdim=True).values if context_length is None else context_length
            steps = (order - context + 1).clamp(min=0)
        logits, log_continue = self._head(self.dropout(hidden), steps, past.log_continue)
        loss = None if labels is None else nn.functional.cross_entropy(logits.flatten(0, 1).float(), labels.flatten())
        hidden_state, cell = state if isinstance(state, tuple) else (state, None)
        cache = RecurrentCache(hidden_state, cell, steps[:, -1], log_continue[:, -1], past.seen + input_ids.shape[1])
        return CausalLMOutputWithPast(loss=loss, logits=logits, past_key_values=cache)  # type: ignore[arg-type]

    def initial_cache(self, batch: int) -> RecurrentCache:
        """The state of a row that has read nothing."""
        shape = (self.config.num_hidden_layers, batch, self.config.hidden_size)
        zeros = torch.zeros(shape, device=self.device, dtype=self.dtype)
        steps = torch.zeros(batch, dtype=torch.long, device=self.device)
        cell = torch.zeros_like(zeros) if self.config.cell == "lstm" else None
        return RecurrentCache(zeros, cell, steps, torch.zeros(batch, device=self.device))

    def _recur(self, embedded: Tensor, past: RecurrentCache) -> tuple[Tensor, Any]:
        state = past.hidden if past.cell is None else (past.hidden, past.cell)
        hidden, state = self.recurrence(embedded, state)
        return hidden, state

    def _recur_padded(self, embedded: Tensor, past: RecurrentCache, mask: Tensor) -> tuple[Tensor, Any]:
        """Run rows whose tokens start late or end early, as if each stood alone."""
        lengths, starts = mask.sum(dim=1), mask.long().argmax(dim=1)
        width = embedded.shape[1]
        columns = torch.arange(width, device=embedded.device)
        to_left = (columns + starts[:, None]) % width  # (B, T): first token to column 0
        back = (columns - starts[:, None]) % width
        rows = torch.arange(len(lengths), device=embedded.device)[:, None]
        packed = pack_padded_sequence(embedded[rows, to_left], lengths.cpu(), batch_first=True, enforce_sorted=False)
        state = past.hidden if past.cell is None else (past.hidden, past.cell)
        output, state = self.recurrence(packed, state)
        hidden, _ = pad_packed_sequence(output, batch_first=True, total_length=width)
        return hidden[rows, back], state

    def _head(self, hidden: Tensor, steps: Tensor, carried: Tensor) -> tuple[Tensor, Tensor]:
        """Logits (B, T, V) and, for ST, the running log-probability of going on (B, T)."""
        logits = self.decoder(hidden)
        if self.config.termination == "vanilla":
            return logits, carried[:, None].expand(steps.shape)
        score = self.eos_head(hidden).squeeze(-1).float()
        if self.config.termination == "st":
            log_continue = st_log_continue(score, steps, carried, self.config.epsilon)
        else:
            log_continue = nmst_log_continue(score, steps, self.config.epsilon)
        return join_eos(logits, log_continue, steps, self.config.eos_token_id), log_continue

    def prepare_inputs_for_generation(
        self,
        input_ids: Tensor,
        past_key_values: RecurrentCache | None = None,
        attention_mask: Tensor | None = None,
        **_: Any,
    ) -> dict[str, Any]:
        """Feed the whole prompt first, then one token at a time; the cache knows the padding's end."""
        if past_key_values is None:
            return {"input_ids": input_ids, "attention_mask": attention_mask}
        return {"input_ids": input_ids[:, -1:], "past_key_values": past_key_values}

    @classmethod
    def _supports_default_dynamic_cache(cls) -> bool:
        # Keeps ``generate`` from making a key-value cache that a recurrence cannot use.
        return False
