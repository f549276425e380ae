"""The scored pairs of the STS benchmark on which the panel trains, with the vectors of their sentences."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from functools import cache

from safetensors.torch import load_file
from torch import Tensor

from playground.tabs.matching.pair_sets import ASSETS

NAME = "stsb-en"  # made by models.recipes.matching_vectors


@dataclass(frozen=True)
class Pairs:
    """Which sentences stand together, `rows` (P, 2), and how alike they are, `scores` (P,) from 0 to 5."""

    rows: Tensor
    scores: Tensor

    def __len__(self) -> int:
        return len(self.rows)

    def at(self, places: Tensor) -> Pairs:
        """Some of the pairs."""
        return Pairs(self.rows[places], self.scores[places])


@dataclass(frozen=True)
class TrainingSet:
    """Unit vectors (S, D) of all sentences, their texts, pairs to train on and pairs held back."""

    vectors: Tensor
    texts: tuple[str, ...]
    train: Pairs
    validation: Pairs


@cache
def load() -> TrainingSet:
    """The bundled set; its tensors are shared and must not be written to."""
    tensors = load_file(ASSETS / f"{NAME}-vectors.safetensors")
    text = gzip.decompress((ASSETS / f"{NAME}-sentences.txt.gz").read_bytes()).decode()
    train, validation = (
        Pairs(tensors[f"{part}.pairs"].long(), tensors[f"{part}.labels"].float()) for part in ("train", "dev")
    )
    return TrainingSet(tensors["vectors"].float(), tuple(text.removesuffix("\n").split("\n")), train, validation)
