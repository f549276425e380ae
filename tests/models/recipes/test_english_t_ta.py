from pathlib import Path

import pytest
import torch
from torch import nn
from transformers import BertConfig, BertModel, PreTrainedTokenizerBase

from models.nets.t_ta import TTA, TTAShape, load_t_ta
from models.recipes.english_t_ta import (
    every_token_batch,
    every_token_loss,
    ship_t_ta,
    start_from,
    start_from_frequencies,
)
from tests.tiny_masked_lm import word_piece_tokenizer

ROWS = [[2, 5, 6, 7, 3], [2, 8, 9, 3]]


@pytest.fixture
def tokenizer() -> PreTrainedTokenizerBase:
    return word_piece_tokenizer()


@pytest.fixture
def base(tokenizer: PreTrainedTokenizerBase) -> BertModel:
    torch.manual_seed(0)
    sizes = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}
    return BertModel(BertConfig(vocab_size=len(tokenizer), **sizes), add_pooling_layer=False).eval()


@pytest.fixture
def model(base: BertModel) -> TTA:
    words = base.embeddings.word_embeddings.weight
    assert isinstance(words, nn.Parameter)
    shape = TTAShape(*words.shape, layers=2, heads=2, inner=32, longest=16)
    model = TTA(shape, words.requires_grad_(False)).eval()
    start_from(model, base)
    return model


@torch.no_grad()
def test_it_starts_as_the_bert_whose_embeddings_and_first_layer_it_takes(model: TTA, base: BertModel) -> None:
    ids = torch.tensor(ROWS[:1])
    hidden = base(ids, output_hidden_states=True).hidden_states
    embedded = model.embedded(nn.functional.embedding(ids, model.words) + model.positions[:5])
    assert torch.allclose(embedded, hidden[0], atol=1e-6)
    whole = torch.ones(1, 1, 5, 5, dtype=torch.bool)
    assert torch.allclose(model.layers[0](embedded, embedded, whole), hidden[1], atol=1e-5)


def test_with_all_words_drawn_the_loss_is_that_of_every_token(model: TTA, tokenizer: PreTrainedTokenizerBase) -> None:
    batch = every_token_batch(ROWS, tokenizer, len(tokenizer), torch.Generator().manual_seed(0))
    ids, mask = batch[:2]
    naive = [
        -model(ids[row : row + 1], mask[row : row + 1])[0, place].log_softmax(0)[ids[row, place]]
        for row, place in ((0, 1), (0, 2), (0, 3), (1, 1), (1, 2))
    ]
    assert torch.allclose(every_token_loss(model, batch), torch.stack(naive).mean(), atol=1e-5)


def test_a_step_trains_all_but_the_word_table(model: TTA, tokenizer: PreTrainedTokenizerBase) -> None:
    every_token_loss(model, every_token_batch(ROWS, tokenizer, 9, torch.Generator().manual_seed(0))).backward()
    assert model.words.grad is None
    assert all(parameter.grad is not None for name, parameter in model.named_parameters() if name != "words")


def test_the_same_generator_gives_the_same_batch(tokenizer: PreTrainedTokenizerBase) -> None:
    one, other = (every_token_batch(ROWS, tokenizer, 9, torch.Generator().manual_seed(4)) for _ in range(2))
    assert all(torch.equal(a, b) for a, b in zip(one, other, strict=True))


def test_the_head_begins_with_the_frequencies(model: TTA) -> None:
    start_from_frequencies(model, [[5, 5, 6]])
    assert model.bias.exp().sum().item() == pytest.approx(1, abs=1e-5)
    assert model.bias[5] > model.bias[6] > model.bias[7]


def test_what_ships_is_the_model_without_the_table(
    model: TTA, tokenizer: PreTrainedTokenizerBase, tmp_path: Path
) -> None:
    model.half().float()  # as it is stored
    ship_t_ta(tmp_path, model, tokenizer, {"steps": 1})
    loaded = load_t_ta(tmp_path, model.words)
    assert loaded.words is model.words
    ids = torch.tensor(ROWS[:1])
    assert torch.equal(loaded(ids, torch.ones(1, 5)), model(ids, torch.ones(1, 5)))
    assert (tmp_path / "model.safetensors").stat().st_size < 2 * sum(p.numel() for p in model.parameters())


def test_a_folder_that_does_not_fit_is_refused(model: TTA, tokenizer: PreTrainedTokenizerBase, tmp_path: Path) -> None:
    ship_t_ta(tmp_path, model, tokenizer, {})
    config = tmp_path / "config.json"
    config.write_text(config.read_text().replace('"layers": 2', '"layers": 3'))
    with pytest.raises(ValueError, match="holds no T-TA"):
        load_t_ta(tmp_path, model.words)
    config.write_text("[]")
    with pytest.raises(ValueError, match="holds no T-TA"):
        load_t_ta(tmp_path, model.words)
