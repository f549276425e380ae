"""Masked language models of 16 units with a handful of words, laid out and loaded like the shipped ones."""

from __future__ import annotations

from pathlib import Path

import torch
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from transformers import (
    BertConfig,
    BertForMaskedLM,
    BertTokenizerFast,
    PreTrainedTokenizerFast,
    RobertaConfig,
    RobertaForMaskedLM,
)

from playground.runtime.loaders import Loaded
from tests.tiny_zoo import write_card

ENGLISH, CHINESE = "minilm-mlm-en", "bert-small-zh"
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
WORDS = (
    *("it", "was", "is", "a", "the", "this", "movie", "film", "plot", "all", "in", "just", "summary", "and", "of"),
    *("great", "good", "bad", "terrible", "wonderful", "awful", "boring", "fun", "not", "very", "true", "false"),
    *("positive", "negative", "subjective", "objective", "restaurant", "news", "world", "sports", "summer"),
    *("stupid", "excellent", "event", "family", "secret", "comedy"),
)
ENDINGS = ("##s", "##ing", "##ly", "##d")
CHINESE_WORDS = tuple("很不满意好差理想的酒店书电脑感觉如何这了是真房间服务快慢买东西")
PUNCTUATION = tuple(".,!?:;-'\"()[]{}<>/。，！？：、")
LETTERS = tuple("abcdefghijklmnopqrstuvwxyz0123456789")
SHAPE = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}


def word_piece_tokenizer() -> PreTrainedTokenizerFast:
    """Uncased word pieces: the words above are one token, others fall to letters, other characters are unknown."""
    continued = (f"##{letter}" for letter in LETTERS)
    vocabulary = [*SPECIAL, *WORDS, *CHINESE_WORDS, *PUNCTUATION, *LETTERS, *ENDINGS, *continued]
    ids = {token: id for id, token in enumerate(dict.fromkeys(vocabulary))}
    return BertTokenizerFast(vocab=ids, do_lower_case=True)


def byte_level_tokenizer() -> PreTrainedTokenizerFast:
    """One token a byte but for a few words with the space before them, between <s> and </s>, with <mask>."""
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    pieces = [*special, *sorted(pre_tokenizers.ByteLevel.alphabet())]
    merges = []
    for word in ("great", "bad", "it", "was"):
        whole = "Ġ"
        for letter in word:
            merges.append((whole, letter))
            whole += letter
            pieces.append(whole)
    ids = {piece: id for id, piece in enumerate(dict.fromkeys(pieces))}
    tokenizer = Tokenizer(models.BPE(ids, list(dict.fromkeys(merges)), unk_token="<unk>"))
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), add_prefix_space=False)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<s>",
        pad_token="<pad>",
        eos_token="</s>",
        unk_token="<unk>",
        cls_token="<s>",
        sep_token="</s>",
        mask_token=AddedToken("<mask>", lstrip=True),
    )


def tiny_bert(seed: int = 0) -> Loaded:
    """An untrained BertForMaskedLM, ready as from a lease."""
    tokenizer = word_piece_tokenizer()
    torch.manual_seed(seed)
    model = BertForMaskedLM(BertConfig(vocab_size=len(tokenizer), max_position_embeddings=128, **SHAPE))
    return _loaded(livelier(model), tokenizer)


def tiny_roberta(seed: int = 0) -> Loaded:
    """An untrained RobertaForMaskedLM, ready as from a lease."""
    tokenizer = byte_level_tokenizer()
    torch.manual_seed(seed)
    config = RobertaConfig(
        vocab_size=len(tokenizer), max_position_embeddings=140, pad_token_id=1, bos_token_id=0, eos_token_id=2, **SHAPE
    )
    return _loaded(livelier(RobertaForMaskedLM(config)), tokenizer)


def write_masked_lm(folder: Path, seed: int = 0) -> Path:
    """The tiny BERT as a folder of the zoo."""
    loaded = tiny_bert(seed)
    assert loaded.tokenizer is not None
    loaded.model.half().save_pretrained(folder)  # type: ignore[operator]
    loaded.tokenizer.save_pretrained(folder)
    write_card(folder, folder.name, "masked-lm")
    return folder


def livelier(model: torch.nn.Module) -> torch.nn.Module:
    """The model with weights large enough that texts make a difference."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.dim() == 2 and "position" not in name:
                parameter.mul_(10.0)
    return model


def _loaded(model: torch.nn.Module, tokenizer: PreTrainedTokenizerFast) -> Loaded:
    return Loaded(model.eval().requires_grad_(False), tokenizer, torch.device("cpu"))
