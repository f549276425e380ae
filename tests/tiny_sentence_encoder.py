"""Encoders of sentences and of pairs with 16 units, ready as from a lease or as a folder of the zoo."""

from __future__ import annotations

from pathlib import Path

import torch
from transformers import BertConfig, BertModel

from models.nets.cross_encoder import CrossEncoder, bert_of
from playground.runtime.loaders import Loaded, load
from tests.tiny_masked_lm import SHAPE, livelier, tiny_bert, word_piece_tokenizer
from tests.tiny_zoo import write_card


def write_sentence_encoder(folder: Path, seed: int = 0) -> Path:
    """A BERT laid out like the packaged sentence encoder, which reads 256 tokens."""
    tokenizer = word_piece_tokenizer()
    torch.manual_seed(seed)
    config = BertConfig(vocab_size=len(tokenizer), max_position_embeddings=256, **SHAPE)
    livelier(BertModel(config)).save_pretrained(folder)  # type: ignore[operator]
    tokenizer.save_pretrained(folder)
    write_card(folder, folder.name, "sentence-embedding")
    return folder


def tiny_sentence_encoder(folder: Path, seed: int = 0) -> Loaded:
    """A SentenceTransformer over the tiny BERT, by way of a folder."""
    return load(write_sentence_encoder(folder, seed), "sentence-embedding", torch.device("cpu"))


def tiny_cross_encoder(seed: int = 0) -> Loaded:
    """A network that reads two texts together, with a random head."""
    bert = tiny_bert(seed)
    torch.manual_seed(seed)
    model = CrossEncoder(bert_of(bert.model)).eval().requires_grad_(False)
    return Loaded(model, bert.tokenizer, bert.device)
