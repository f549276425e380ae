"""A zoo of random models, the language models with 16 units each, laid out like the real one."""

from __future__ import annotations

from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from tokenizers.processors import TemplateProcessing
from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast, T5Config, T5ForConditionalGeneration

from models.nets.nvae import NVAE, NVAEConfig
from models.nets.readjustment import readjust_all, save_readjusted
from models.nets.rnn_lm import RecurrentConfig, RecurrentLM, Termination
from models.recipes.dialogue_lm import CHAT_TEMPLATE, SPEAKERS

FAMILY = "rnn-tanh"
CHAT, TRANSLATOR, ENDLESS = "gpt2-dialogue-zh", "seq2seq-classical-modern", "without-eos"
SMALL = {"widths": (4, 4, 4), "groups": (0, 1, 2), "latent_channels": 2, "expansion": 2, "kernel": 3, "mixtures": 2}
PICTURES = {
    "nvae-avatars32": NVAEConfig(side=32, **SMALL),
    "nvae-pixelart16": NVAEConfig(side=16, **SMALL),
    "nvae-fashion28": NVAEConfig(channels=1, side=28, padding=2, **SMALL),
}
SPECIAL = ("<pad>", "<bos>", "<eos>")
CARD = """---
license: apache-2.0
whybox:
  title: Tiny {title}
  task: {task}
---
"""


def write_tiny_zoo(zoo: Path) -> Path:
    """Untrained models that answer within milliseconds, most under the ids of the shipped ones."""
    for termination in ("vanilla", "st", "nmst"):
        write_model(zoo / f"{FAMILY}-{termination}", termination)
    write_chat(zoo / CHAT)
    write_translator(zoo / TRANSLATOR)
    write_chat(zoo / ENDLESS, eos=None)
    for name, shape in PICTURES.items():
        write_nvae(zoo / name, shape)
    return zoo


def write_model(folder: Path, termination: Termination) -> None:
    """A recurrent model: card, configuration, weights, byte-level tokenizer."""
    tokenizer = byte_tokenizer()
    torch.manual_seed(0)
    config = RecurrentConfig(
        vocab_size=len(tokenizer), hidden_size=16, num_hidden_layers=2, termination=termination, dropout=0.0
    )
    RecurrentLM(config).half().save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    write_card(folder, termination)


def write_chat(folder: Path, eos: int | None = 2) -> None:
    """A GPT-2 with a window of 128 tokens and a chat template."""
    tokenizer = byte_tokenizer()
    tokenizer.add_special_tokens({"additional_special_tokens": list(SPEAKERS)})
    tokenizer.chat_template = CHAT_TEMPLATE
    torch.manual_seed(0)
    shape = {"n_positions": 128, "n_embd": 16, "n_layer": 2, "n_head": 2}
    config = GPT2Config(vocab_size=len(tokenizer), bos_token_id=1, eos_token_id=eos, pad_token_id=0, **shape)
    GPT2LMHeadModel(config).half().save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    write_card(folder, folder.name)


def write_translator(folder: Path) -> None:
    """A T5 whose encoder reads a text with <eos> at its end."""
    tokenizer = byte_tokenizer()
    tokenizer.backend_tokenizer.post_processor = TemplateProcessing(single="$A <eos>", special_tokens=[("<eos>", 2)])
    torch.manual_seed(0)
    shape = {"d_model": 16, "d_kv": 8, "num_heads": 2, "d_ff": 16, "num_layers": 2, "num_decoder_layers": 2}
    config = T5Config(
        vocab_size=len(tokenizer), bos_token_id=1, eos_token_id=2, pad_token_id=0, decoder_start_token_id=1, **shape
    )
    T5ForConditionalGeneration(config).half().save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    write_card(folder, folder.name, "seq2seq-lm")


def write_nvae(folder: Path, shape: NVAEConfig) -> NVAE:
    """An NVAE with BatchNorm statistics for two temperatures."""
    torch.manual_seed(0)
    model = NVAE(shape).half()
    model.save_pretrained(folder)
    save_readjusted(readjust_all(model.float().eval(), (0.5, 1.0), rounds=1), folder)
    write_card(folder, folder.name, "image-vae")
    return model


def write_card(folder: Path, title: str, task: str = "causal-lm") -> None:
    """The model card."""
    (folder / "README.md").write_text(CARD.format(title=title, task=task), "utf-8")


def byte_tokenizer() -> PreTrainedTokenizerFast:
    """One token a byte."""
    pieces = [*SPECIAL, *sorted(pre_tokenizers.ByteLevel.alphabet())]
    tokenizer = Tokenizer(models.BPE({piece: id for id, piece in enumerate(pieces)}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    pad, bos, eos = SPECIAL
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token=pad, bos_token=bos, eos_token=eos)
