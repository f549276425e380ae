"""Train an encoder without labels: the same sentence under two dropout masks is to find itself in the batch (SimCSE).

Gao, Yao and Chen 2021, arXiv 2104.08821, section 3. The sentences are modern Chinese prose; dev pairs only choose the
best stretch.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from torch import Tensor, nn

from models.losses.matching import in_batch_contrastive
from models.nets.cross_encoder import padded
from models.recipes.corpus import read_lines
from models.recipes.matching_training import (
    BATCH,
    LONGEST,
    PairEncoder,
    Plan,
    adapted,
    cosines,
    read_scored,
    ready_to_train,
    shuffled,
    spearman,
    train_best,
)
from models.recipes.training import Batch

DROPOUT = 0.1
SCALE = 20.0
SHORTEST, SENTENCES = 8, 16_000  # characters of a sentence; how many an epoch reads


def sentences(lines: list[str]) -> list[str]:
    """The lines that are neither too short to mean something nor cut by the encoder."""
    return [line for line in lines if SHORTEST <= len(line) < LONGEST]


def simcse_loss(model: nn.Module, batch: Batch) -> Tensor:
    """The contrastive loss of two passes over the same rows."""
    ids, mask = batch
    return in_batch_contrastive(model(ids, mask), model(ids, mask), SCALE)


def train_simcse(plan: Plan, base: nn.Module, tokenizer: Any, data: Path) -> None:
    """Train an encoder's adapters on sentences alone."""
    texts = sentences(read_lines(data / "text" / "modern-zh" / "train.txt.gz"))
    dev = read_scored(data, "zh", "dev")
    encoder = adapted(ready_to_train(base, DROPOUT), plan.seed)

    def batches(epoch: int) -> Iterator[Batch]:
        for number, places in enumerate(shuffled(len(texts), plan.seed, epoch)):
            if number == SENTENCES // BATCH:
                return
            rows = tokenizer([texts[place] for place in places], truncation=True, max_length=LONGEST).input_ids
            yield padded(rows, tokenizer.pad_token_id)

    def measure() -> float:
        return spearman(cosines(encoder, tokenizer, dev), dev)

    train_best(plan, PairEncoder(encoder), batches, simcse_loss, measure, min(len(texts), SENTENCES) // BATCH)
