import pytest
from transformers import BertTokenizer

from models.recipes import chinese_mlm
from models.recipes.chinese_mlm import load_tokenizer

TEXTS = ["这个酒店真不错，下次还会来。", "物流很慢，很失望。", "很好"]


@pytest.fixture
def tokenizer(monkeypatch: pytest.MonkeyPatch, tmp_path) -> BertTokenizer:
    monkeypatch.setenv("WHYBOX_TRAIN_DIR", str(tmp_path))
    monkeypatch.setattr(chinese_mlm, "VOCABULARY", 60)
    return load_tokenizer(TEXTS)


def test_every_character_is_a_token_and_the_vocabulary_is_made_once(tokenizer: BertTokenizer):
    assert tokenizer.tokenize("很不错") == ["很", "不", "错"]
    assert load_tokenizer([]).get_vocab() == tokenizer.get_vocab()
