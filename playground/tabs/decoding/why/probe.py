"""How probable a sentence is when it is said again: teacher-forced copies, one after another.

The start token and the first copy are the context, so for a self-terminating model new tokens, and
with them the bound on p(<eos>), begin with the second copy.

Xu et al. 2022, "Learning to Break the Loop: Analyzing and Mitigating Repetitions for Neural Text
Generation" (DITTO), arXiv 2206.02369.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

CHUNK = 32  # tokens read at once, so that a large model reports often
CHINESE = "\u2e80"  # scripts from here on put no blank between sentences


@dataclass(frozen=True)
class Copy:
    """One copy of a sentence of T tokens, given the start and all copies before it.

    log_p (T,) and most_probable (T,) belong to its tokens; p_eos is the chance to end after it, 0 for
    a model without <eos>.
    """

    log_p: Tensor
    most_probable: Tensor
    p_eos: float


def sentence_ids(tokenizer: Any, sentence: str) -> list[int]:
    """Token ids of one copy; where the script has blanks, one stands before it.

    The name of a special token, such as <eos>, is read as the characters it is written with.
    """
    sentence = sentence.strip()
    blank = " " if sentence and sentence[-1] < CHINESE else ""
    return list(tokenizer(blank + sentence, add_special_tokens=False, split_special_tokens=True).input_ids)


def random_ids(tokenizer: Any, length: int, seed: int) -> list[int]:
    """Tokens drawn uniformly from all but the special ones."""
    special = set(tokenizer.all_special_ids)
    ordinary = [token for token in range(len(tokenizer)) if token not in special]
    draws = torch.randint(len(ordinary), (length,), generator=torch.Generator().manual_seed(seed))
    return [ordinary[draw] for draw in draws.tolist()]


class Probe:
    """Reads copies of one sentence under one model; the model keeps its state between copies."""

    def __init__(self, model: Any, tokenizer: Any, ids: list[int]) -> None:
        self._model, self._ids = model, ids
        self._start, self._eos = start_id(tokenizer), tokenizer.eos_token_id
        self._past: Any = None
        self._next: Tensor | None = None  # (V,) log-probabilities after what was read

    def read(self) -> Copy:
        """Read one more copy."""
        *_, copy = self.stretches()
        assert copy is not None
        return copy

    def stretches(self) -> Iterator[Copy | None]:
        """Read one more copy: None after each stretch of it, at last what was found."""
        log_p, best = [], []
        for begin in range(0, len(self._ids), CHUNK):
            chunk = self._ids[begin : begin + CHUNK]
            before = self._read(chunk)  # (T, V)
            tokens = torch.tensor(chunk, device=self._model.device)
            log_p.append(before.gather(1, tokens[:, None])[:, 0])
            best.append(before.argmax(dim=1) == tokens)
            yield None
        assert self._next is not None
        p_eos = 0.0 if self._eos is None else float(self._next[self._eos].exp())
        yield Copy(torch.cat(log_p).cpu(), torch.cat(best).cpu(), p_eos)

    @torch.inference_mode()
    def _read(self, chunk: list[int]) -> Tensor:
        """Read some tokens; the log-probabilities (T, V) from which each of them was to be chosen."""
        first = self._next is None
        ids = torch.tensor([[self._start, *chunk] if first else chunk], device=self._model.device)
        more = {"context_length": 1 + len(self._ids)} if first and _counts_steps(self._model) else {}
        output = self._model(input_ids=ids, past_key_values=self._past, use_cache=True, **more)
        self._past = output.past_key_values
        log_p = torch.log_softmax(output.logits[0].float(), dim=-1)
        before = log_p[:-1] if self._next is None else torch.cat([self._next[None], log_p[:-1]])
        self._next = log_p[-1]
        return before


def start_id(tokenizer: Any) -> int:
    """What stands before a text: <bos>, or what the model has instead of it."""
    return next(id for id in (tokenizer.bos_token_id, tokenizer.eos_token_id, 0) if id is not None)


def _counts_steps(model: Any) -> bool:
    """Whether the model needs to know where its context ends."""
    return getattr(model.config, "model_type", "") == "whybox-rnn-lm"
