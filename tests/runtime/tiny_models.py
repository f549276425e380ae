"""Tiny models, written to folders laid out like the zoo."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from transformers import BertConfig, BertForMaskedLM, GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast

from models.nets.masked_view import masked_view, own_tensors
from models.nets.rnn_lm import RecurrentConfig, RecurrentLM

WORDS = ["[PAD]", "[BOS]", "[EOS]", "[UNK]", "[MASK]", "the", "cat", "sat", "on", "mat"]


def save_tokenizer(folder: Path) -> None:
    words = Tokenizer(WordLevel({word: index for index, word in enumerate(WORDS)}, unk_token="[UNK]"))
    words.pre_tokenizer = Whitespace()
    names = {"pad_token": "[PAD]", "bos_token": "[BOS]", "eos_token": "[EOS]", "unk_token": "[UNK]"}
    PreTrainedTokenizerFast(tokenizer_object=words, mask_token="[MASK]", **names).save_pretrained(folder)


def save_card(folder: Path, about: str) -> None:
    (folder / "README.md").write_text(f"---\nlicense: apache-2.0\nwhybox:\n{about}---\n# A model\n", encoding="utf-8")


def save_recurrent(folder: Path, termination: str = "vanilla", seed: int = 0) -> RecurrentLM:
    """A recurrent language model in fp16, with card and tokenizer."""
    torch.manual_seed(seed)
    config = RecurrentConfig(vocab_size=len(WORDS), hidden_size=8, termination=termination)
    model = RecurrentLM(config).half()
    model.save_pretrained(folder)
    save_tokenizer(folder)
    save_card(folder, f"  title: Tiny RNN\n  task: causal-lm\n  family: rnn-tanh\n  termination: {termination}\n")
    return model


def save_gpt2(folder: Path, seed: int = 0) -> GPT2LMHeadModel:
    """A GPT-2 of two layers without a card."""
    torch.manual_seed(seed)
    sizes = {"n_positions": 16, "n_embd": 8, "n_layer": 2, "n_head": 2}
    model = GPT2LMHeadModel(GPT2Config(vocab_size=len(WORDS), bos_token_id=1, eos_token_id=2, **sizes))
    model.save_pretrained(folder)
    save_tokenizer(folder)
    return model


def save_bert(folder: Path) -> BertForMaskedLM:
    """A BERT of one layer."""
    sizes = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
    model = BertForMaskedLM(BertConfig(vocab_size=len(WORDS), max_position_embeddings=16, **sizes))
    model.save_pretrained(folder)
    save_tokenizer(folder)
    return model


def save_adapter(folder: Path, base: GPT2LMHeadModel, base_id: str, seed: int = 0) -> None:
    """A LoRA adapter whose two matrices are both random, so that it changes the output."""
    from peft import LoraConfig, get_peft_model

    torch.manual_seed(seed)
    config = LoraConfig(r=2, target_modules=["c_attn"], init_lora_weights=False, fan_in_fan_out=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # peft asks for a name that transformers renamed
        get_peft_model(base, config).save_pretrained(folder)
    save_card(folder, f"  title: Tiny adapter\n  task: causal-lm\n  base: {base_id}\n")


def save_view(folder: Path, base: SentenceTransformer, base_id: str) -> BertForMaskedLM:
    """A masked language model over the word table of a sentence encoder, without that table."""
    words = base[0].auto_model.embeddings.word_embeddings.weight
    sizes = {"hidden_size": words.shape[1], "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
    model = masked_view(BertConfig(vocab_size=len(words), max_position_embeddings=16, **sizes), words)
    folder.mkdir(parents=True, exist_ok=True)
    model.config.save_pretrained(folder)
    save_file(own_tensors(model), folder / "model.safetensors")
    save_tokenizer(folder)
    save_card(folder, f"  title: Tiny view\n  task: masked-lm\n  base: {base_id}\n")
    return model


def save_numbers(folder: Path, config: dict[str, Any], shape: tuple[int, ...] = (2, 3)) -> None:
    """A folder with one tensor and a config.json, and nothing else."""
    folder.mkdir(parents=True)
    save_file({"numbers": torch.zeros(shape)}, folder / "model.safetensors")
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
