"""Train the recurrent language models of the decoding tab on children's storybooks.

    python -m models.recipes.storybooks_rnn rnn-tanh-vanilla --data DIR

DIR holds ``text/storybooks/{train,valid}.txt.gz``: one paragraph a line, 41 children's books
dated before 1929 (mlschmitt/classic-books-markdown at 9448827, public domain), the last 5 % of
each book held out. Units are paragraphs; the first ten tokens are context and are not scored.

A vanilla model trains from scratch. ST and NMST start from its weights with a new eos head, and
the vanilla model goes on for the same number of extra steps, so that perplexities compare.
The result is one folder of models/zoo per model; models.recipes.measure then measures the shipped
file and writes its card. Other seeds show how much the figures vary; they stay in the cache.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from pathlib import Path

# Idle threads must sleep: on contended cores spinning ones make steps many times slower.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import torch
from torch import Tensor, nn
from transformers import PreTrainedTokenizerFast

from models.nets.rnn_lm import Cell, RecurrentConfig, RecurrentLM, Termination
from models.recipes.corpus import encode_paragraphs, length_batches, pad_batch, read_lines, train_bpe
from models.recipes.shipping import ZOO, ship
from models.recipes.training import Schedule, machine, state_folder, train

CONTEXT_LENGTH = 11  # <bos> and ten tokens
LONGEST = 320
BATCH_TOKENS = 4096
VOCABULARY = 8000
EPSILON = 1e-3
SEED = 2020
BASE_EPOCHS, EXTRA_EPOCHS = 4, 1
PEAK_RATE: dict[Cell, float] = {"tanh": 1e-3, "lstm": 3e-3}

IDS: dict[str, tuple[Cell, Termination]] = {
    "rnn-tanh-vanilla": ("tanh", "vanilla"),
    "rnn-tanh-st": ("tanh", "st"),
    "rnn-tanh-nmst": ("tanh", "nmst"),
    "rnn-lstm-vanilla": ("lstm", "vanilla"),
    "rnn-lstm-st": ("lstm", "st"),
    "rnn-lstm-nmst": ("lstm", "nmst"),
}


def folder_of(model_id: str, seed: int) -> Path:
    """Where a trained model goes: the zoo for the seed that ships, else the cache."""
    return ZOO / model_id if seed == SEED else state_folder(f"seed-{seed}") / "models" / model_id


def stage_folder(stage: str, seed: int) -> Path:
    """Where the state of a stage of training is kept."""
    return state_folder(stage if seed == SEED else f"seed-{seed}/{stage}")


def load_tokenizer(lines: list[str]) -> PreTrainedTokenizerFast:
    """The shared tokenizer, trained on the corpus the first time."""
    folder = state_folder("storybooks-bpe")
    if not (folder / "tokenizer.json").exists():
        train_bpe(lines, VOCABULARY).save_pretrained(folder)
    tokenizer: PreTrainedTokenizerFast = PreTrainedTokenizerFast.from_pretrained(folder)
    return tokenizer


def next_token_loss(model: nn.Module, batch: tuple[Tensor, ...]) -> Tensor:
    """Mean negative log-likelihood of the tokens after the context."""
    inputs, labels = batch
    logits = model(inputs, context_length=CONTEXT_LENGTH).logits  # (B, T, V)
    return nn.functional.cross_entropy(logits.flatten(0, 1).float(), labels.flatten())


def train_stage(model: RecurrentLM, rows: list[list[int]], stage: Path, epochs: int, peak: float, seed: int) -> float:
    """Train for some epochs, resumable in the stage's folder; returns the core-minutes spent."""

    def batches(epoch: int) -> Iterator[tuple[Tensor, ...]]:
        generator = torch.Generator().manual_seed(seed * 1000 + epoch)
        for batch in length_batches(rows, BATCH_TOKENS, generator):
            yield pad_batch(batch, CONTEXT_LENGTH)

    steps = epochs * sum(1 for _ in length_batches(rows, BATCH_TOKENS, torch.Generator().manual_seed(0)))
    progress = train(model, batches, next_token_loss, Schedule(steps, peak), stage)
    return progress.core_seconds / 60


def build(model_id: str, rows: list[list[int]], seed: int) -> tuple[RecurrentLM, dict[str, float]]:
    """The trained model and the core-minutes of its two stages."""
    cell, termination = IDS[model_id]
    torch.manual_seed(seed)
    base = RecurrentLM(RecurrentConfig(cell=cell))
    base_minutes = train_stage(base, rows, stage_folder(f"rnn-{cell}-base", seed), BASE_EPOCHS, PEAK_RATE[cell], seed)
    torch.manual_seed(seed + 1)
    model = RecurrentLM(RecurrentConfig(cell=cell, termination=termination, epsilon=EPSILON))
    model.load_state_dict(base.state_dict(), strict=False)
    extra_minutes = train_stage(model, rows, stage_folder(model_id, seed), EXTRA_EPOCHS, PEAK_RATE[cell] / 3, seed + 1)
    return model, {"base": base_minutes, "extra": extra_minutes}


def main() -> None:
    """Train one model and write its folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", choices=IDS)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds text/storybooks")
    parser.add_argument("--seed", type=int, default=SEED, help=f"{SEED} ships; others stay in the cache")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    lines = read_lines(options.data / "text" / "storybooks" / "train.txt.gz")
    tokenizer = load_tokenizer(lines)
    rows = encode_paragraphs(tokenizer, lines, CONTEXT_LENGTH, LONGEST)
    model, minutes = build(options.model, rows, options.seed)
    training = {
        "seed": options.seed,
        "core_minutes": minutes,
        "epochs": [BASE_EPOCHS, EXTRA_EPOCHS],
        "machine": machine(),
    }
    ship(folder_of(options.model, options.seed), model, tokenizer, training)


if __name__ == "__main__":
    main()
