from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch
from transformers import BertConfig, BertForMaskedLM, BertTokenizer

from models.recipes import masked_quality
from models.recipes.masked_quality import quality, without_unknown

WORDS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"abcdefghij")
TEXTS = ["a b c d e f g h i j"] * 40


@pytest.fixture
def tokenizer(tmp_path: Path) -> BertTokenizer:
    (tmp_path / "vocab.txt").write_text("\n".join(WORDS), encoding="utf-8")
    return BertTokenizer(str(tmp_path / "vocab.txt"))


@pytest.fixture
def model() -> BertForMaskedLM:
    torch.manual_seed(0)
    sizes = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
    return BertForMaskedLM(BertConfig(vocab_size=len(WORDS), max_position_embeddings=32, **sizes)).eval()


def test_one_token_in_seven_is_asked_for(model: BertForMaskedLM, tokenizer: BertTokenizer) -> None:
    assert quality(model, tokenizer, TEXTS).tokens == pytest.approx(0.15 * 400, rel=0.3)


def test_a_model_that_says_one_word_always_is_right_as_often_as_that_word_is_asked_for(
    model: BertForMaskedLM, tokenizer: BertTokenizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(masked_quality, "SHARE", 1.0)
    with torch.no_grad():
        model.cls.predictions.decoder.weight.zero_()
        model.cls.predictions.bias.copy_(torch.tensor([0.0] * 5 + [2.0] + [0.0] * 9))
    found = quality(model, tokenizer, TEXTS)
    assert found.tokens == 400
    assert found.top1 == pytest.approx(0.1)
    total = math.exp(2) + 14
    assert found.perplexity == pytest.approx(math.exp(math.log(total) - 0.2), rel=1e-5)


def test_the_first_five_hold_what_the_first_holds(model: BertForMaskedLM, tokenizer: BertTokenizer) -> None:
    found = quality(model, tokenizer, TEXTS)
    assert 0 <= found.top1 <= found.top5 <= 1


def test_a_hyphen_of_wikitext_is_one_again() -> None:
    assert without_unknown("a well @-@ known 1 @,@ 000") == "a well-known 1,000"
