"""Sentences as unit vectors, quickly: batches of similar lengths, in bfloat16 where the processor multiplies in it.

The vectors are those of `SentenceTransformer.encode`, however the sentences are batched.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from models.nets.batching import has_bfloat16, length_buckets

LONGEST = 256  # tokens of a sentence, the special ones included; what follows is not read
MOST_CHARACTERS = 65_536  # of a sentence: more never reach the tokenizer
WINDOW_CHARACTERS, WINDOW_TEXTS = 131_072, 1_024  # cut into tokens at a time, within a moment
TOKEN_PARAMETERS = 10_000_000_000  # tokens times parameters of the layers: about a tenth of a second on a core
FEWEST_TOKENS, MOST_TOKENS, GPU_TOKENS = LONGEST, 2_048, 32_768  # in a batch


class SentenceEncoder:
    """A sentence encoder over a loaded module, whose tensors it only reads.

    The module is a SentenceTransformer, or a BERT or its masked language model with a `tokenizer` (then the mean of
    the last layer is taken); either may be wrapped by peft.
    """

    def __init__(self, module: nn.Module, tokenizer: Any | None = None) -> None:
        wrapped: Any = module
        body: Any = wrapped.get_base_model() if hasattr(module, "get_base_model") else module
        self._words: Any
        self._words, self._after = _parts(body)
        self.tokenizer: Any = body[0].tokenizer if tokenizer is None else tokenizer
        self.device: torch.device = next(module.parameters()).device
        self.dimension: int = self._words.config.hidden_size

    @property
    def word_table(self) -> Tensor:
        """The input vectors of the vocabulary (V, D), by token id."""
        table: Tensor = self._words.embeddings.word_embeddings.weight
        return table

    def batches(self, texts: Sequence[str]) -> Iterator[tuple[list[int], Tensor]]:
        """Places in `texts` and their vectors (n, D), float32 of unit length, batch after batch."""
        for start, end in windows([len(text) for text in texts]):
            ids = self._ids(texts[start:end])
            for places in length_buckets(list(map(len, ids)), self._batch_tokens()):
                yield [start + place for place in places], self._vectors([ids[place] for place in places])

    def encode(self, texts: Sequence[str]) -> Tensor:
        """All vectors (N, D) at once."""
        vectors = torch.empty(len(texts), self.dimension)
        for places, some in self.batches(texts):
            vectors[places] = some.cpu()
        return vectors

    @torch.no_grad()
    def token_vectors(self, text: str) -> tuple[tuple[str, ...], Tensor]:
        """The tokens of a text, without special ones, and their unit vectors (T, D) in the last layer."""
        (ids,) = self._ids([text])
        special = set(self.tokenizer.all_special_ids)
        read = [place for place, id in enumerate(ids) if id not in special]
        hidden = self._hidden(*self._padded([ids]))[0, read]
        tokens: list[str] = self.tokenizer.convert_ids_to_tokens([ids[place] for place in read])
        return tuple(tokens), normalize(hidden, dim=1)

    @torch.no_grad()
    def _vectors(self, ids: Sequence[list[int]]) -> Tensor:
        padded, mask = self._padded(ids)
        hidden = self._hidden(padded, mask)
        if self._after is None:
            return normalize(_mean(hidden, mask), dim=1)
        pooled = self._after({"token_embeddings": hidden, "attention_mask": mask})
        return normalize(pooled["sentence_embedding"], dim=1)

    def _hidden(self, ids: Tensor, mask: Tensor) -> Tensor:
        """The last layer (B, T, D) in float32."""
        with self._arithmetic():
            states: Tensor = self._words(input_ids=ids, attention_mask=mask).last_hidden_state
        return states.float()

    def _arithmetic(self) -> AbstractContextManager[Any]:
        return torch.autocast("cpu", torch.bfloat16, enabled=self.device.type == "cpu" and has_bfloat16())

    def _ids(self, texts: Sequence[str]) -> list[list[int]]:
        clipped = [text[:MOST_CHARACTERS] for text in texts]
        read = self.tokenizer(clipped, truncation=True, max_length=self._longest(), return_attention_mask=False)
        ids: list[list[int]] = read.input_ids
        return ids

    def _longest(self) -> int:
        return min(LONGEST, int(self._words.config.max_position_embeddings))

    def _batch_tokens(self) -> int:
        if self.device.type != "cpu":
            return GPU_TOKENS
        layers: int = sum(parameter.numel() for parameter in self._words.encoder.parameters())
        return max(FEWEST_TOKENS, min(MOST_TOKENS, TOKEN_PARAMETERS // layers))

    def _padded(self, ids: Sequence[list[int]]) -> tuple[Tensor, Tensor]:
        """Ids and attention mask (B, T)."""
        width, padding = max(map(len, ids)), self.tokenizer.pad_token_id
        rows = torch.tensor([[*row, *[padding] * (width - len(row))] for row in ids])
        mask = (torch.arange(width) < torch.tensor(list(map(len, ids)))[:, None]).long()
        return rows.to(self.device), mask.to(self.device)


def windows(lengths: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Consecutive stretches of texts of so many characters, none too long to be cut into tokens at a time."""
    start = characters = 0
    for place, length in enumerate(lengths):
        length = min(length, MOST_CHARACTERS)
        if place > start and (characters + length > WINDOW_CHARACTERS or place - start == WINDOW_TEXTS):
            yield start, place
            start, characters = place, 0
        characters += length
    if start < len(lengths):
        yield start, len(lengths)


def _parts(body: Any) -> tuple[Any, nn.Sequential | None]:
    """The network of the words, and what pools its last layer; None for the mean."""
    if isinstance(body, nn.Sequential):  # a SentenceTransformer
        words, *after = body
        return words.model, nn.Sequential(*after)
    return body.base_model, None  # of a masked language model, its BERT; a BERT itself


def _mean(hidden: Tensor, mask: Tensor) -> Tensor:
    """Mean (B, D) of hidden states (B, T, D) where mask (B, T) is 1."""
    counted = mask.unsqueeze(-1).to(hidden.dtype)
    return (hidden * counted).sum(dim=1) / counted.sum(dim=1)
