"""Text corpora for the recipes: read, tokenise by a BPE of their own, and batch by length."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from torch import Tensor
from transformers import PreTrainedTokenizerFast

SPECIAL_TOKENS = ("<pad>", "<bos>", "<eos>")  # ids 0, 1, 2


def read_lines(path: Path) -> list[str]:
    """The non-empty lines of a gzipped UTF-8 text file."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [line for line in file.read().split("\n") if line]


def train_bpe(lines: list[str], vocab_size: int) -> PreTrainedTokenizerFast:
    """A byte-level BPE (nothing is unknown to it) that puts <bos> before every text."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size,
        special_tokens=list(SPECIAL_TOKENS),
        initial_alphabet=alphabet,
        show_progress=False,
    )
    tokenizer.train_from_iterator(lines, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(single="<bos> $A", special_tokens=[("<bos>", 1)])
    pad, bos, eos = SPECIAL_TOKENS
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer, pad_token=pad, bos_token=bos, eos_token=eos, padding_side="left"
    )


def encode_paragraphs(
    tokenizer: PreTrainedTokenizerFast, lines: list[str], context_length: int, longest: int
) -> list[list[int]]:
    """Token ids <bos> … <eos> of every line that has something to continue after its context.

    Lines are cut after `longest` tokens; a cut line has no <eos>, since it did not end there.
    """
    rows = [[*ids, tokenizer.eos_token_id] for ids in tokenizer(lines).input_ids]
    return [ids[:longest] for ids in rows if len(ids) > context_length + 1]


def length_batches(rows: list[list[int]], tokens: int, generator: torch.Generator) -> Iterator[list[list[int]]]:
    """Batches of rows of similar length, about `tokens` tokens each with padding, in random order."""
    noise = torch.rand(len(rows), generator=generator).tolist()
    order = sorted(range(len(rows)), key=lambda i: (len(rows[i]), noise[i]))
    batches: list[list[list[int]]] = [[]]
    for i in order:
        if len(rows[i]) * (len(batches[-1]) + 1) > tokens and batches[-1]:
            batches.append([])
        batches[-1].append(rows[i])
    for k in torch.randperm(len(batches), generator=generator).tolist():
        yield batches[k]


def pad_batch(rows: list[list[int]], context_length: int) -> tuple[Tensor, Tensor]:
    """Inputs and next-token labels, both (B, T); context and padding are labelled -100."""
    width = max(map(len, rows)) - 1
    inputs = torch.zeros(len(rows), width, dtype=torch.long)
    labels = torch.full((len(rows), width), -100)
    for i, ids in enumerate(rows):
        inputs[i, : len(ids) - 1] = torch.tensor(ids[:-1])
        labels[i, context_length - 1 : len(ids) - 1] = torch.tensor(ids[context_length:])
    return inputs, labels
