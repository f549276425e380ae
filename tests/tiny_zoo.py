"""A zoo of random language models with 16 units each, laid out like the real one."""

from __future__ import annotations

from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from models.nets.rnn_lm import RecurrentConfig, RecurrentLM, Termination

FAMILY = "rnn-tanh"
SPECIAL = ("<pad>", "<bos>", "<eos>")
CARD = """---
license: apache-2.0
whybox:
  title: Tiny {termination}
  task: causal-lm
  family: {family}
  termination: {termination}
---
"""


def write_tiny_zoo(zoo: Path) -> Path:
    """Three untrained models that answer within milliseconds, under the ids of the shipped ones."""
    for termination in ("vanilla", "st", "nmst"):
        write_model(zoo / f"{FAMILY}-{termination}", termination)
    return zoo


def write_model(folder: Path, termination: Termination) -> None:
    """One model: card, configuration, weights, byte-level tokenizer."""
    tokenizer = byte_tokenizer()
    torch.manual_seed(0)
    config = RecurrentConfig(
        vocab_size=len(tokenizer), hidden_size=16, num_hidden_layers=2, termination=termination, dropout=0.0
    )
    RecurrentLM(config).half().save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    (folder / "README.md").write_text(CARD.format(termination=termination, family=FAMILY), "utf-8")


def byte_tokenizer() -> PreTrainedTokenizerFast:
    """One token a byte."""
    pieces = [*SPECIAL, *sorted(pre_tokenizers.ByteLevel.alphabet())]
    tokenizer = Tokenizer(models.BPE({piece: id for id, piece in enumerate(pieces)}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    pad, bos, eos = SPECIAL
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token=pad, bos_token=bos, eos_token=eos)
