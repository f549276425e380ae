"""Vectors of single words out of an encoder's word table: a text is the mean of its words, in whatever order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

DIMENSION = 256


class WordVectors:
    """A word table, centred, cut to its principal components and weighted by how rare a word is.

    The weight of a word is ln(1 + rank), where the rank is its place in the vocabulary, which tokenizers list from
    frequent to rare: after Zipf's law about the logarithm of one over its frequency (model2vec does the same; van
    Dongen and Tulkens 2024).
    """

    def __init__(self, table: Tensor, tokenizer: Any, dimension: int = DIMENSION) -> None:
        """From a word table (V, D) and the tokenizer whose ids are its rows."""
        centred = table.detach().to("cpu", torch.float32)
        centred = centred - centred.mean(0)
        components = principal_components(centred, min(dimension, table.shape[1]))
        ranks = torch.arange(len(table), dtype=torch.float32)
        self.table = (centred @ components) * ranks.log1p().unsqueeze(1)  # (V, dimension)
        self.table[tokenizer.all_special_ids] = 0.0
        self.tokenizer = tokenizer

    @property
    def dimension(self) -> int:
        """The length of a vector."""
        return self.table.shape[1]

    def encode(self, texts: Sequence[str]) -> Tensor:
        """Unit vectors (N, dimension) of the texts; zero for a text without any known word."""
        rows = [self._mean(ids) for ids in self._ids(texts)]
        vectors = torch.stack(rows) if rows else torch.zeros(0, self.dimension)
        return torch.nn.functional.normalize(vectors, dim=1)

    def token_vectors(self, text: str) -> tuple[tuple[str, ...], Tensor]:
        """The tokens of a text and their unit vectors (T, dimension); zero for an unknown token."""
        (ids,) = self._ids([text])
        vectors = self.table[torch.tensor(ids, dtype=torch.long)]
        return tuple(self.tokenizer.convert_ids_to_tokens(ids)), torch.nn.functional.normalize(vectors, dim=1)

    def _mean(self, ids: Sequence[int]) -> Tensor:
        # A sum points where the mean does.
        return self.table[torch.tensor(ids, dtype=torch.long)].sum(0)

    def _ids(self, texts: Sequence[str]) -> list[list[int]]:
        if not texts:
            return []
        # Texts may be longer than the encoder reads: no order, no limit.
        rows: list[list[int]] = self.tokenizer(
            list(texts), add_special_tokens=False, truncation=False, verbose=False
        ).input_ids
        return rows


def principal_components(centred: Tensor, count: int) -> Tensor:
    """The directions (D, count) in which centred rows (N, D) vary most, largest first."""
    wide = centred.T @ centred
    _, vectors = torch.linalg.eigh(wide.double())  # smallest first
    largest: Tensor = vectors.flip(1)[:, :count].to(centred.dtype)
    return largest
