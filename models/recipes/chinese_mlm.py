"""Train the Chinese masked language model of the prompting and matching tabs.

    python -m models.recipes.chinese_mlm --data DIR

DIR holds ``text/modern-zh``, ``seq2seq/classical-modern`` and ``classify/su-sentiment``. The model is a small BERT
(Devlin et al. 2019, arXiv 1810.04805) without its next-sentence task. It reads 28 million characters of modern
prose, and REVIEWS times as often as the rest the 1.4 million of the reviews, whose labels it never sees: what
people say when they like or dislike something is what prompts ask for. One character in five is asked for
(more than BERT's 15 %, which small models profit from: Wettig et al. 2023, arXiv 2202.08005), and only for
those is the vocabulary scored.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

# Idle threads must sleep: on contended cores spinning ones make steps many times slower.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import torch
from tokenizers import BertWordPieceTokenizer
from transformers import BertConfig, BertForMaskedLM, BertTokenizer

from models.recipes.corpus import length_batches, read_lines, read_rows
from models.recipes.masking import masked_batch, masked_loss, token_rows
from models.recipes.shipping import ZOO, ship
from models.recipes.training import Batch, Schedule, machine, read_options, state_folder, train

MODEL_ID = "bert-small-zh"
CHARACTERS = 6_000  # of the vocabulary; its other tokens are pieces of Latin words
VOCABULARY = 7_000
LONGEST = 128  # tokens
REVIEWS = 8
MASKED = 0.2  # of all tokens
BATCH_TOKENS = 8192
STEPS = 6_000  # 49 million tokens
PEAK_RATE = 1e-3
WARM_UP = 500
SEED = 2020


def new_model() -> BertForMaskedLM:
    """The network with fresh weights: 6 layers of 256 units, 4 heads."""
    config = BertConfig(  # type: ignore[call-arg]
        vocab_size=VOCABULARY,
        hidden_size=256,
        num_hidden_layers=6,
        num_attention_heads=4,
        intermediate_size=1024,
        max_position_embeddings=512,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        attn_implementation="eager",  # on a CPU: with it a step takes a quarter less time
    )
    return BertForMaskedLM(config)


def read_texts(data: Path) -> tuple[list[str], list[str]]:
    """Prose and reviews."""
    pairs = read_rows(data / "seq2seq" / "classical-modern" / "train.jsonl.gz")
    prose = read_lines(data / "text" / "modern-zh" / "train.txt.gz") + [pair["target"] for pair in pairs]
    return prose, [row["text"] for row in read_rows(data / "classify" / "su-sentiment" / "train.jsonl.gz")]


def load_tokenizer(texts: Iterable[str]) -> BertTokenizer:
    """BERT's tokenizer with a vocabulary of these texts, made the first time."""
    folder = state_folder("modern-zh-characters")
    if not (folder / "vocab.txt").exists():
        folder.mkdir(parents=True, exist_ok=True)
        pieces = BertWordPieceTokenizer()
        pieces.train_from_iterator(texts, vocab_size=VOCABULARY, limit_alphabet=CHARACTERS, show_progress=False)
        pieces.save_model(str(folder))
    return BertTokenizer(str(folder / "vocab.txt"))


def train_model(
    tokenizer: BertTokenizer, prose: list[list[int]], reviews: list[list[int]], seed: int
) -> tuple[BertForMaskedLM, float]:
    """The trained model and the core-minutes it took."""

    def batches(epoch: int) -> Iterator[Batch]:
        generator = torch.Generator().manual_seed(seed * 1000 + epoch)
        for rows in length_batches(prose + REVIEWS * reviews, BATCH_TOKENS, generator):
            yield masked_batch(rows, tokenizer, MASKED, generator)

    torch.manual_seed(seed)
    model = new_model()
    schedule = Schedule(STEPS, PEAK_RATE, warm_up=WARM_UP)
    progress = train(model, batches, masked_loss, schedule, state_folder(MODEL_ID))
    return model, progress.core_seconds / 60


def main() -> None:
    """Train and write the zoo folder."""
    options = read_options(__doc__, "folder that holds text, seq2seq and classify", SEED)
    prose, reviews = read_texts(options.data)
    tokenizer = load_tokenizer(prose + reviews)
    model, minutes = train_model(
        tokenizer, token_rows(tokenizer, prose, LONGEST), token_rows(tokenizer, reviews, LONGEST), options.seed
    )
    training = {"seed": options.seed, "core_minutes": minutes, "steps": STEPS, "of": STEPS, "machine": machine()}
    ship(ZOO / MODEL_ID, model, tokenizer, training)


if __name__ == "__main__":
    main()
