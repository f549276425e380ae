"""Train a cross-encoder's adapters: people's scores, and a bi-encoder's scores of other pairs of the same sentences.

Some thousand pairs are few to learn from how to read two texts at once. A bi-encoder that was trained on them scores
more pairs of their sentences: every sentence with one near to it and one drawn at random (Augmented SBERT with the
roles exchanged: Thakur et al. 2021, arXiv 2010.08240, section 3). An epoch reads all of the former and as many, other
ones, of the latter.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from peft import PeftModel
from torch import Tensor, nn

from models.nets.cross_encoder import CrossEncoder, bert_of, padded, pair_rows
from models.nets.sentence_vectors import SentenceEncoder
from models.recipes.matching_training import (
    BATCH,
    LONGEST,
    NewBase,
    Plan,
    Scored,
    adapted,
    cosines,
    logits,
    read_scored,
    ready_to_train,
    shuffled,
    spearman,
    train_best,
)
from models.recipes.training import Batch

NEAREST = 8  # a near sentence is one of so many


def adapted_cross(base: nn.Module, seed: int) -> PeftModel:
    """A cross-encoder over the BERT of a base, under fresh adapters, with a fresh head."""
    torch.manual_seed(seed)
    return adapted(CrossEncoder(bert_of(base)), seed, ["head"])


def silver_pairs(encoder: nn.Module, tokenizer: Any, pairs: list[Scored], seed: int) -> list[Scored]:
    """Every sentence with a near and a random one, scored by an encoder: its cosines, fitted to the given scores."""
    slope, offset = fitted(cosines(encoder, tokenizer, pairs), torch.tensor([pair.score for pair in pairs]))
    texts = sorted({text for pair in pairs for text in pair[:2]})
    vectors = SentenceEncoder(encoder.eval(), tokenizer).encode(texts)
    likeness = vectors @ vectors.T  # (N, N)
    generator = torch.Generator().manual_seed(seed)
    near = likeness.topk(min(NEAREST + 1, len(texts))).indices[:, 1:]  # the first is the sentence itself
    choice = torch.randint(0, near.shape[1], (len(texts), 1), generator=generator)
    drawn = torch.randint(0, len(texts), (len(texts),), generator=generator)
    others = torch.stack([near.gather(1, choice)[:, 0], drawn], dim=1).tolist()
    places = [(i, j) for i, both in enumerate(others) for j in both if i != j]
    order = torch.randperm(len(places), generator=generator).tolist()
    scores = (slope * likeness + offset).clamp(0, 1).tolist()
    return [Scored(texts[i], texts[j], scores[i][j]) for i, j in (places[place] for place in order)]


def some_of(pairs: list[Scored], count: int, epoch: int) -> list[Scored]:
    """So many pairs for an epoch, from where the last epoch stopped, around the end."""
    return [pairs[(epoch * count + place) % len(pairs)] for place in range(count)]


def fitted(scores: Tensor, targets: Tensor) -> tuple[float, float]:
    """Slope and offset of the line that is nearest to targets (N,) in squares."""
    design = torch.stack([scores, torch.ones_like(scores)], dim=1)
    slope, offset = torch.linalg.lstsq(design, targets.to(scores.dtype)[:, None]).solution[:, 0].tolist()
    return slope, offset


def cross_batch(pairs: list[Scored], tokenizer: Any, *, swap: bool) -> Batch:
    """Ids and mask (B, T) of pairs, and targets (B,); every second pair in the other order, with `swap` the others."""
    texts = [pair[:2] if number % 2 == swap else pair[1::-1] for number, pair in enumerate(pairs)]
    rows = pair_rows(tokenizer, texts, 2 * LONGEST)
    return *padded(rows, tokenizer.pad_token_id), torch.tensor([pair.score for pair in pairs])


def cross_loss(model: nn.Module, batch: Batch) -> Tensor:
    """The binary cross-entropy of logits and scores."""
    ids, mask, targets = batch
    return nn.functional.binary_cross_entropy_with_logits(model(ids, mask), targets)


def train_cross_encoder(plan: Plan, new_base: NewBase, teacher: Path, data: Path, language: str) -> None:
    """Train a cross-encoder over a base, on scored pairs of a language and on those that a bi-encoder scores."""
    gold, dev = (read_scored(data, language, part) for part in ("train", "dev"))
    base, tokenizer = new_base()
    silver = silver_pairs(PeftModel.from_pretrained(base, teacher), tokenizer, gold, plan.seed)
    base, _ = new_base()  # the teacher changed the first one's tree
    model = adapted_cross(ready_to_train(base), plan.seed)

    def batches(epoch: int) -> Iterator[Batch]:
        pairs = gold + some_of(silver, len(gold), epoch)
        for places in shuffled(len(pairs), plan.seed, epoch):
            yield cross_batch([pairs[place] for place in places], tokenizer, swap=epoch % 2 == 1)

    def measure() -> float:
        return spearman(logits(model, tokenizer, dev), dev)

    train_best(plan, model, batches, cross_loss, measure, 2 * len(gold) // BATCH)
