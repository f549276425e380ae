from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from models.recipes.corpus import SPECIAL_TOKENS, train_chinese_bpe

TEXTS = ["今天天气不错，我们去公园吧。", "学而时习之，不亦说乎？", "公园在哪里，2号线能到公园吗？"] * 5
RARE = "𠮷😀龘é"


@pytest.fixture(scope="module")
def bpe() -> Tokenizer:
    return train_chinese_bpe(TEXTS, 400, 30)


@settings(max_examples=50)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30).filter(lambda text: "<" not in text))
def test_every_text_comes_back(bpe, text):
    assert bpe.decode(bpe.encode(text).ids) == text


def test_rare_characters_are_spelt_by_their_bytes(bpe):
    spelt = [f"<0x{byte:02X}>" for byte in RARE.encode()]
    assert bpe.encode(RARE).tokens == spelt
    assert bpe.decode(bpe.encode(RARE).ids, skip_special_tokens=True) == RARE


def test_the_name_of_a_byte_is_text_like_any_other(bpe):
    assert bpe.decode(bpe.encode("<0x41>").ids) == "<0x41>"


def test_punctuation_and_digits_stay_alone(bpe):
    def alone(character: str) -> bool:
        return unicodedata.category(character)[0] in "PSNZ"

    vocabulary = [word for word in bpe.get_vocab() if not word.startswith("<")]
    assert [word for word in vocabulary if len(word) > 1 and any(map(alone, word))] == []
    assert "公园" in vocabulary


def test_words_have_at_most_four_characters(bpe):
    assert max(len(word) for word in bpe.get_vocab() if not word.startswith("<")) <= 4


def test_special_tokens_come_first_and_are_read_as_one(bpe):
    assert [bpe.token_to_id(token) for token in SPECIAL_TOKENS] == [0, 1, 2]
    assert bpe.encode("好<eos>").ids[-1] == 2
