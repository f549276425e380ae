"""Recurrent language models, tanh-RNN and LSTM, plain or self-terminating.

The models of the consistency paper [1] and of NMST [2] at a size that ships: tied embeddings,
two layers, a context after which steps count. They are transformers models, so ``generate``
runs them: the recurrent state, the step count and ST's running product travel together as
``past_key_values`` in :class:`RecurrentCache`, whose ``reorder_cache`` beam search calls.

1. Welleck et al. 2020, arXiv 2002.02492.   2. Choi et al. 2023, arXiv 2210.00660.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence
from transformers import AutoConfig, AutoModelForCausalLM, GenerationMixin, PreTrainedConfig, PreTrainedModel
from transformers.modeling_outputs import CausalLMOutputWithPast

from models.nets.termination import join_eos, nmst_log_continue, st_log_continue

Cell = Literal["tanh", "lstm"]
Termination = Literal["vanilla", "st", "nmst"]

FEW_ROWS = 8


class RecurrentConfig(PreTrainedConfig):  # type: ignore[no-untyped-call]
    """Shape of a recurrent language model and the way it ends.

    epsilon is the least share of ending per step of ST and NMST; dropout acts on the embedding,
    between layers and before the output.
    """

    model_type: ClassVar[str] = "whybox-rnn-lm"

    vocab_size: int = 8000
    hidden_size: int = 256
    num_hidden_layers: int = 2
    cell: Cell = "tanh"
    termination: Termination = "vanilla"
    epsilon: float = 1e-3
    dropout: float = 0.1
    pad_token_id: int = 0
    bos_token_id: int = 1
    eos_token_id: int = 2
    tie_word_embeddings: bool = True


@dataclass
class RecurrentCache:
    """Everything a row needs to go on; B rows, L layers, H units.

    hidden (L, B, H); cell (L, B, H) for an LSTM; steps (B,) of the last token, 1 at the end of
    the context and 0 or less within it; log_continue (B,) ST's log-probability of not having
    ended; seen tokens so far, padding included.
    """

    hidden: Tensor
    cell: Tensor | None
    steps: Tensor
    log_continue: Tensor
    seen: int = 0
    is_compileable: ClassVar[bool] = False  # ``generate`` asks a cache that it is given

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
    _tied_weights_keys: ClassVar[dict[str, str]] = {"decoder.weight": "embedding.weight"}  # type: ignore[misc]
    _is_stateful = True  # a recurrent state cannot be cut back, as assisted generation would

    def __init__(self, config: RecurrentConfig) -> None:
        super().__init__(config)
        size, layers = config.hidden_size, config.num_hidden_layers
        between = config.dropout if layers > 1 else 0.0
        network = nn.LSTM if config.cell == "lstm" else nn.RNN
        self.embedding = nn.Embedding(config.vocab_size, size)
        self.dropout = nn.Dropout(config.dropout)
        self.recurrence: nn.RNNBase = network(size, size, layers, batch_first=True, dropout=between)
        self.decoder = nn.Linear(size, config.vocab_size)
        if config.termination != "vanilla":
            self.eos_head = nn.Linear(size, 1)
        self.post_init()  # type: ignore[no-untyped-call]

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
        logits_to_keep: int = 0,
        **_: Any,
    ) -> CausalLMOutputWithPast:
        """Logits (B, T, V) after each of the tokens input_ids (B, T), and the state to go on from.

        attention_mask (B, T) marks padding on either side, and context_length says how many of a
        row's first tokens are context (all of them by default); both count on the first call only.
        logits_to_keep asks for the last logits alone; 0 asks for all.
        """
        past = past_key_values or self.initial_cache(input_ids.shape[0])
        embedded = self.dropout(self.embedding(input_ids))
        if attention_mask is None or past_key_values is not None or bool(attention_mask.all()):
            attention_mask = torch.ones_like(input_ids)
            hidden, state = self.recurrence(embedded, _recurrent_state(past))
        else:
            hidden, state = self._recur_padded(embedded, past, attention_mask)
        steps = attention_mask.cumsum(dim=1)  # (B, T): tokens read in this call
        if past_key_values is not None:
            steps = steps + past.steps[:, None]
        else:
            context = attention_mask.sum(dim=1, keepdim=True) if context_length is None else context_length
            steps = steps - context + 1
        # Padding takes no step, so it neither ends a row nor enters ST's product.
        counted = steps.clamp(min=0) * attention_mask
        logits, log_continue = self._head(self.dropout(hidden), counted, past.log_continue, logits_to_keep)
        hidden_state, cell = state if isinstance(state, tuple) else (state, None)
        cache = RecurrentCache(hidden_state, cell, steps[:, -1], log_continue, past.seen + input_ids.shape[1])
        return CausalLMOutputWithPast(logits=logits, past_key_values=cache)  # type: ignore[arg-type]

    def initial_cache(self, batch: int) -> RecurrentCache:
        """The state of rows that have read nothing and whose context is empty."""
        shape = (self.config.num_hidden_layers, batch, self.config.hidden_size)
        zeros = torch.zeros(shape, device=self.device, dtype=self.dtype)
        steps = torch.zeros(batch, dtype=torch.long, device=self.device)
        cell = torch.zeros_like(zeros) if self.config.cell == "lstm" else None
        return RecurrentCache(zeros, cell, steps, torch.zeros(batch, device=self.device))

    def _recur_padded(self, embedded: Tensor, past: RecurrentCache, mask: Tensor) -> tuple[Tensor, Any]:
        """Run rows whose tokens start late or end early, as if each stood alone."""
        width = embedded.shape[1]
        starts = mask.long().argmax(dim=1)[:, None]
        columns = torch.arange(width, device=embedded.device)
        rows = torch.arange(len(mask), device=embedded.device)[:, None]
        moved = embedded[rows, (columns + starts) % width]  # (B, T, H): first token in column 0
        packed = pack_padded_sequence(moved, mask.sum(dim=1).cpu(), batch_first=True, enforce_sorted=False)
        output, state = self.recurrence(packed, _recurrent_state(past))
        hidden, _ = pad_packed_sequence(output, batch_first=True, total_length=width)
        return hidden[rows, (columns - starts) % width], state

    def _head(self, hidden: Tensor, steps: Tensor, carried: Tensor, keep: int) -> tuple[Tensor, Tensor]:
        """The last `keep` logits (B, keep, V), and ST's log-probability (B,) of not having ended."""
        logits = self._token_logits(hidden[:, -keep:])
        if self.config.termination == "vanilla":
            return logits, carried
        score = self.eos_head(hidden).squeeze(-1).float()
        if self.config.termination == "st":
            log_continue = st_log_continue(score, steps, carried, self.config.epsilon)
            carried = log_continue[:, -1]
        else:
            log_continue = nmst_log_continue(score, steps, self.config.epsilon)
        return join_eos(logits, log_continue[:, -keep:], steps[:, -keep:], self.config.eos_token_id), carried

    def _token_logits(self, hidden: Tensor) -> Tensor:
        """The output layer, (B, K, H) to (B, K, V).

        For a few rows of one step the weights are read once in their own order, which is half
        again as fast on a CPU as the usual order, made for many rows; for 300 rows it is half as fast.
        """
        if hidden.shape[1] > 1 or hidden.shape[0] > FEW_ROWS or torch.is_grad_enabled():
            logits: Tensor = self.decoder(hidden)
            return logits
        columns = torch.addmm(self.decoder.bias[:, None], self.decoder.weight, hidden[:, 0].t())  # (V, B)
        return columns.t().contiguous()[:, None]

    def prepare_inputs_for_generation(  # type: ignore[override]
        self,
        input_ids: Tensor,
        next_sequence_length: int | None = None,
        past_key_values: RecurrentCache | None = None,
        attention_mask: Tensor | None = None,
        **kwargs: Any,
    ) -> dict[str, Any]:
        """Feed the prompt first, then what the state has not read; it knows where the padding ended."""
        keep = {"logits_to_keep": kwargs.get("logits_to_keep", 0)}
        if past_key_values is None:
            return {"input_ids": input_ids, "attention_mask": attention_mask, **keep}
        unread = next_sequence_length or input_ids.shape[1] - past_key_values.seen
        return {"input_ids": input_ids[:, -unread:], "past_key_values": past_key_values, **keep}

    @classmethod
    def _supports_default_dynamic_cache(cls) -> bool:
        # Keeps ``generate`` from making a key-value cache that a recurrence cannot use.
        return False


def _recurrent_state(cache: RecurrentCache) -> Tensor | tuple[Tensor, Tensor]:
    """The state in the form that torch's cells take."""
    return cache.hidden if cache.cell is None else (cache.hidden, cache.cell)


AutoConfig.register(RecurrentConfig.model_type, RecurrentConfig, exist_ok=True)
AutoModelForCausalLM.register(RecurrentConfig, RecurrentLM, exist_ok=True)
