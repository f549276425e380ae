"""Train the translator of the decoding tab: classical Chinese to modern Chinese.

    python -m models.recipes.classical_seq2seq --data DIR

DIR holds ``seq2seq/classical-modern/train.jsonl.gz``: 301,260 sentence pairs of NiuTrans/Classical-Modern (MIT).
The dev pairs come from four books none of which is in train. The model is a small T5 (Raffel et al. 2020,
arXiv 1910.10683, with gated GELU): its positions are relative, so that it can run on far beyond the lengths
it has seen. Training minimises the plain likelihood of the target with its <eos>, no label smoothing, so that
probabilities mean what they say; models.recipes.translation_quality then measures the shipped file.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

# Idle threads must sleep: on contended cores spinning ones make steps many times slower.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import torch
from tokenizers.processors import TemplateProcessing
from torch import Tensor, nn
from transformers import PreTrainedTokenizerFast, T5Config, T5ForConditionalGeneration

from models.recipes.corpus import Pair, pad_pairs, pair_batches, read_rows, train_chinese_bpe
from models.recipes.shipping import ZOO, ship
from models.recipes.training import Schedule, machine, read_options, state_folder, train

MODEL_ID = "seq2seq-classical-modern"
CHARACTERS = 5500
VOCABULARY = 3 + 256 + CHARACTERS  # special tokens and bytes; no room for words of several characters
BATCH_TOKENS = 4096
STEPS = 8500
RESTART = 3000  # the first round stood for one pass of the data
PEAK_RATE = 1.2e-3
SEED = 2020


def new_model() -> T5ForConditionalGeneration:
    """The network with fresh weights: 4 encoder and 3 decoder layers of 256 units."""
    config = T5Config(  # type: ignore[call-arg]
        vocab_size=VOCABULARY,
        d_model=256,
        d_kv=64,
        num_heads=4,
        d_ff=512,
        num_layers=4,
        num_decoder_layers=3,
        feed_forward_proj="gated-gelu",
        dropout_rate=0.0,
        pad_token_id=0,
        bos_token_id=1,
        eos_token_id=2,
        decoder_start_token_id=1,
    )
    return T5ForConditionalGeneration(config)


def load_tokenizer(data: Path) -> PreTrainedTokenizerFast:
    """The tokenizer of both languages, one token a character, made from the pairs the first time."""
    folder = state_folder("classical-characters")
    if not (folder / "tokenizer.json").exists():
        rows = read_rows(data / "seq2seq" / "classical-modern" / "train.jsonl.gz")
        texts = [text for row in rows for text in (row["source"], row["target"])]
        bpe = train_chinese_bpe(texts, VOCABULARY, CHARACTERS)
        bpe.post_processor = TemplateProcessing(single="$A <eos>", special_tokens=[("<eos>", 2)])
        PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
            tokenizer_object=bpe, pad_token="<pad>", bos_token="<bos>", eos_token="<eos>"
        ).save_pretrained(folder)
    tokenizer: PreTrainedTokenizerFast = PreTrainedTokenizerFast.from_pretrained(folder)
    return tokenizer


def encode_pairs(tokenizer: PreTrainedTokenizerFast, rows: list[dict[str, str]]) -> list[Pair]:
    """Source and target ids of every pair, each with <eos>."""
    sources = tokenizer([row["source"] for row in rows]).input_ids
    targets = tokenizer([row["target"] for row in rows]).input_ids
    return list(zip(sources, targets, strict=True))


def translation_loss(model: nn.Module, batch: tuple[Tensor, ...]) -> Tensor:
    """Mean negative log-likelihood of the target tokens, <eos> included."""
    sources, mask, inputs, labels = batch
    logits = model(input_ids=sources, attention_mask=mask, decoder_input_ids=inputs).logits  # (B, T, V)
    return nn.functional.cross_entropy(logits.flatten(0, 1).float(), labels.flatten())


def rate_multiples(model: T5ForConditionalGeneration) -> list[tuple[Tensor, float]]:
    """Every weight's initial root mean square, in units of an ordinary one's.

    T5 starts its embedding and norms 16 times as large, its queries 8 times as small as the rest: each
    learns in proportion, as under Adafactor (Shazeer and Stern 2018, arXiv 1804.04235).
    """
    ordinary = model.config.d_model**-0.5
    return [
        (weight, round(float(weight.detach().square().mean().sqrt()) / ordinary, 1)) for weight in model.parameters()
    ]


def train_model(pairs: list[Pair], seed: int) -> tuple[T5ForConditionalGeneration, float]:
    """The trained model and the core-minutes it took."""

    def batches(epoch: int) -> Iterator[tuple[Tensor, ...]]:
        generator = torch.Generator().manual_seed(seed * 1000 + epoch)
        for batch in pair_batches(pairs, BATCH_TOKENS, generator):
            yield pad_pairs(batch)

    torch.manual_seed(seed)
    model = new_model()
    schedule, multiples = Schedule(STEPS, PEAK_RATE, restart=RESTART), rate_multiples(model)
    progress = train(model, batches, translation_loss, schedule, state_folder(MODEL_ID), multiples)
    return model, progress.core_seconds / 60


def main() -> None:
    """Train and write the zoo folder."""
    options = read_options(__doc__, "folder that holds seq2seq/classical-modern", SEED)
    tokenizer = load_tokenizer(options.data)
    pairs = encode_pairs(tokenizer, read_rows(options.data / "seq2seq" / "classical-modern" / "train.jsonl.gz"))
    model, minutes = train_model(pairs, options.seed)
    training = {"seed": options.seed, "core_minutes": minutes, "steps": STEPS, "machine": machine()}
    ship(ZOO / MODEL_ID, model, tokenizer, training)


if __name__ == "__main__":
    main()
