"""Text corpora for the recipes: read, tokenise by a BPE of their own, and batch by length."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from torch import Tensor
from transformers import PreTrainedTokenizerFast

SPECIAL_TOKENS = ("<pad>", "<bos>", "<eos>")  # ids 0, 1, 2
Pair = tuple[list[int], list[int]]  # source and target ids


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


def read_rows(path: Path) -> list[dict[str, Any]]:
    """The objects of a gzipped JSON-lines file."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def train_chinese_bpe(
    texts: Iterable[str], vocab_size: int, characters: int, special_tokens: Sequence[str] = SPECIAL_TOKENS
) -> Tokenizer:
    """A BPE of Chinese words of at most four characters; punctuation and digits stay alone.

    Characters beyond the most frequent ones are spelt by their UTF-8 bytes, so nothing is unknown.
    """
    tokenizer = Tokenizer(models.BPE(byte_fallback=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(r"[\p{P}\p{S}\p{N}\s]"), "isolated")
    tokenizer.decoder = decoders.Sequence([decoders.ByteFallback(), decoders.Fuse()])
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size,
        special_tokens=[*special_tokens, *(f"<0x{byte:02X}>" for byte in range(256))],
        limit_alphabet=characters,
        max_token_length=4,
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return bytes_as_text(tokenizer)


def bytes_as_text(tokenizer: Tokenizer) -> Tokenizer:
    """The same tokenizer with the bytes as ordinary tokens, which decoding without special tokens keeps."""
    state = json.loads(tokenizer.to_str())
    state["added_tokens"] = [token for token in state["added_tokens"] if not token["content"].startswith("<0x")]
    return Tokenizer.from_str(json.dumps(state))


def pair_batches(pairs: list[Pair], tokens: int, generator: torch.Generator) -> Iterator[list[Pair]]:
    """Batches of pairs of similar length, about `tokens` tokens each on both sides, in random order."""
    noise = torch.rand(len(pairs), generator=generator).tolist()
    order = sorted(range(len(pairs)), key=lambda i: (len(pairs[i][1]), len(pairs[i][0]) // 4, noise[i]))
    batches: list[list[Pair]] = [[]]
    longest = 0
    for i in order:
        longest = max(longest, len(pairs[i][0]) + len(pairs[i][1]))
        if longest * (len(batches[-1]) + 1) > tokens and batches[-1]:
            batches.append([])
            longest = len(pairs[i][0]) + len(pairs[i][1])
        batches[-1].append(pairs[i])
    for k in torch.randperm(len(batches), generator=generator).tolist():
        yield batches[k]


def pad_pairs(pairs: list[Pair], start: int = 1) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Source ids and mask (B, S), decoder inputs and labels (B, T); padding is 0 and labelled -100."""
    source_width, target_width = (max(len(pair[side]) for pair in pairs) for side in (0, 1))
    sources = torch.zeros(len(pairs), source_width, dtype=torch.long)
    inputs = torch.zeros(len(pairs), target_width, dtype=torch.long)
    labels = torch.full((len(pairs), target_width), -100)
    for i, (source, target) in enumerate(pairs):
        sources[i, : len(source)] = torch.tensor(source)
        inputs[i, : len(target)] = torch.tensor([start, *target[:-1]])
        labels[i, : len(target)] = torch.tensor(target)
    return sources, (sources != 0).long(), inputs, labels
