from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from peft import LoraConfig, get_peft_model
from torch import Tensor
from torch.nn.functional import normalize

from models.nets import sentence_vectors
from models.nets.sentence_vectors import MOST_CHARACTERS, WINDOW_CHARACTERS, WINDOW_TEXTS, SentenceEncoder, windows
from playground.runtime.loaders import Loaded
from tests.tiny_adapters import LINEAR_MAPS
from tests.tiny_masked_lm import tiny_bert
from tests.tiny_sentence_encoder import tiny_sentence_encoder

TEXTS = [
    "the film was great",
    "",
    "a boring plot",
    "great " * 10_000,
    "it was not very good , it was awful and boring",
    "我很满意",
    "😀 \x00 unknown ελληνικά",
]


@pytest.fixture(autouse=True)
def in_float32(monkeypatch: pytest.MonkeyPatch) -> None:
    """Exact arithmetic, also where the processor has bfloat16."""
    monkeypatch.setattr(sentence_vectors, "has_bfloat16", lambda: False)


@pytest.fixture(scope="module")
def transformer(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    return tiny_sentence_encoder(tmp_path_factory.mktemp("encoder"))


@pytest.fixture(scope="module")
def bert() -> Loaded:
    return tiny_bert()


@pytest.fixture
def encoder(bert: Loaded) -> SentenceEncoder:
    return SentenceEncoder(bert.model, bert.tokenizer)


def definition(loaded: Loaded, text: str) -> Tensor:
    """The mean of the last layer over all tokens, in float64, at unit length."""
    assert loaded.tokenizer is not None
    ids = loaded.tokenizer(text, truncation=True, max_length=128, return_tensors="pt")
    hidden = loaded.model.base_model(input_ids=ids.input_ids).last_hidden_state[0]
    return normalize(hidden.double().mean(0), dim=0)


def test_vectors_are_those_of_sentence_transformers(transformer: Loaded) -> None:
    expected = transformer.model.encode(TEXTS)  # type: ignore[operator]
    given = SentenceEncoder(transformer.model, transformer.tokenizer).encode(TEXTS)
    torch.testing.assert_close(given, torch.tensor(expected), atol=1e-5, rtol=0)


def test_a_masked_language_models_vectors_are_the_mean_of_its_last_layer(
    encoder: SentenceEncoder, bert: Loaded
) -> None:
    expected = torch.stack([definition(bert, text) for text in TEXTS]).float()
    torch.testing.assert_close(encoder.encode(TEXTS), expected, atol=1e-5, rtol=0)


def test_a_text_alone_is_what_it_is_in_a_batch(encoder: SentenceEncoder) -> None:
    alone = torch.cat([encoder.encode([text]) for text in TEXTS])
    torch.testing.assert_close(encoder.encode(TEXTS), alone, atol=1e-5, rtol=0)


@settings(max_examples=4, deadline=None)
@given(order=st.permutations(range(len(TEXTS))))
def test_the_order_of_the_texts_changes_nothing(bert: Loaded, order: list[int]) -> None:
    encoder = SentenceEncoder(bert.model, bert.tokenizer)
    shuffled = encoder.encode([TEXTS[place] for place in order])
    torch.testing.assert_close(shuffled, encoder.encode(TEXTS)[order], atol=1e-5, rtol=0)


def test_bfloat16_moves_a_cosine_by_less_than_a_thousandth(
    encoder: SentenceEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    exact = encoder.encode(TEXTS)
    monkeypatch.setattr(sentence_vectors, "has_bfloat16", lambda: True)
    rounded = encoder.encode(TEXTS)
    assert ((rounded * exact).sum(1) > 1 - 1e-3).all()
    torch.testing.assert_close(rounded.norm(dim=1), torch.ones(len(TEXTS)))


def test_every_place_comes_once_and_similar_lengths_together(
    encoder: SentenceEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SentenceEncoder, "_batch_tokens", lambda self: 24)
    texts = ["great " * count for count in (9, 1, 7, 2, 8, 1)]
    batches = [places for places, _ in encoder.batches(texts)]
    assert batches == [[1, 5, 3], [2, 4], [0]]


def test_no_texts_have_no_vectors(encoder: SentenceEncoder) -> None:
    assert encoder.encode([]).shape == (0, encoder.dimension)
    assert list(encoder.batches([])) == []


@pytest.mark.filterwarnings("ignore:.*is_gradient_checkpointing:FutureWarning")  # peft asks for it
def test_an_adapted_encoder_is_read_with_its_adapter(bert: Loaded) -> None:
    config = LoraConfig(r=2, target_modules=LINEAR_MAPS, init_lora_weights=False)
    torch.manual_seed(0)
    adapted = get_peft_model(tiny_bert().model, config).eval()
    given = SentenceEncoder(adapted, bert.tokenizer).encode(TEXTS[:3])
    merged = adapted.merge_and_unload()
    expected = SentenceEncoder(merged, bert.tokenizer).encode(TEXTS[:3])
    torch.testing.assert_close(given, expected, atol=1e-5, rtol=0)
    assert not torch.allclose(given, SentenceEncoder(bert.model, bert.tokenizer).encode(TEXTS[:3]), atol=1e-3)


def test_token_vectors_are_those_of_the_last_layer_without_special_tokens(
    encoder: SentenceEncoder, bert: Loaded
) -> None:
    assert bert.tokenizer is not None
    tokens, vectors = encoder.token_vectors("the pizza was great")
    assert tokens == ("the", "p", "##i", "##z", "##z", "##a", "was", "great")
    ids = bert.tokenizer("the pizza was great", return_tensors="pt").input_ids
    hidden = bert.model.base_model(input_ids=ids).last_hidden_state[0, 1:-1]  # type: ignore[operator]
    torch.testing.assert_close(vectors, normalize(hidden, dim=1), atol=1e-5, rtol=0)


def test_an_empty_text_has_no_tokens(encoder: SentenceEncoder) -> None:
    tokens, vectors = encoder.token_vectors("")
    assert (tokens, vectors.shape) == ((), (0, encoder.dimension))


def test_the_word_table_has_a_row_a_token(encoder: SentenceEncoder) -> None:
    assert encoder.word_table.shape == (len(encoder.tokenizer), encoder.dimension)


def test_reading_leaves_the_module_as_it_was(bert: Loaded) -> None:
    before = {name: tensor.clone() for name, tensor in bert.model.state_dict().items()}
    SentenceEncoder(bert.model, bert.tokenizer).encode(TEXTS)
    assert all(torch.equal(tensor, before[name]) for name, tensor in bert.model.state_dict().items())


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 2 * WINDOW_CHARACTERS), max_size=50))
def test_windows_are_consecutive_and_none_too_long(lengths: list[int]) -> None:
    found = list(windows(lengths))
    assert [place for start, end in found for place in range(start, end)] == list(range(len(lengths)))
    for start, end in found:
        read = sum(min(length, MOST_CHARACTERS) for length in lengths[start:end])
        assert end == start + 1 or read <= WINDOW_CHARACTERS


def test_a_window_holds_a_limited_number_of_texts() -> None:
    assert list(windows([0] * (WINDOW_TEXTS + 1))) == [(0, WINDOW_TEXTS), (WINDOW_TEXTS, WINDOW_TEXTS + 1)]
