import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA

from models.nets.word_vectors import WordVectors, principal_components
from tests.tiny_masked_lm import tiny_bert


@pytest.fixture(scope="module")
def words():
    loaded = tiny_bert()
    return WordVectors(loaded.model.get_input_embeddings().weight, loaded.tokenizer, 8)


def test_components_span_what_scikit_learn_finds():
    rows = torch.randn(50, 6, generator=torch.Generator().manual_seed(0)) * torch.tensor([9.0, 5, 3, 2, 1, 0.5])
    centred = rows - rows.mean(0)
    ours = centred @ principal_components(centred, 3)
    theirs = PCA(3).fit_transform(rows.double().numpy())
    assert np.abs(ours.numpy()) == pytest.approx(np.abs(theirs), abs=1e-4)


def test_a_text_is_the_weighted_mean_of_its_words(words):
    ids = words.tokenizer("the movie was great", add_special_tokens=False).input_ids
    mean = words.table[ids].mean(0)
    assert words.encode(["the movie was great"])[0].numpy() == pytest.approx((mean / mean.norm()).numpy(), abs=1e-6)


def test_the_weight_of_a_word_is_the_logarithm_of_its_rank():
    loaded = tiny_bert()
    table = loaded.model.get_input_embeddings().weight
    words = WordVectors(table, loaded.tokenizer, table.shape[1])
    centred = table - table.mean(0)
    lengths = words.table.norm(dim=1) / centred.norm(dim=1)
    known = [id for id in range(len(table)) if id not in loaded.tokenizer.all_special_ids]
    expected = torch.arange(1, len(table) + 1).log()[known]
    assert lengths[known].detach().numpy() == pytest.approx(expected.numpy(), rel=1e-4)


def test_order_does_not_matter(words):
    one, other = words.encode(["the movie was great", "great was movie the"])
    assert one.numpy() == pytest.approx(other.numpy(), abs=1e-6)


def test_vectors_have_unit_length_but_for_texts_without_words(words):
    lengths = words.encode(["it was", "", "great " * 3000]).norm(dim=1)
    assert lengths.numpy() == pytest.approx([1, 0, 1], abs=1e-5)


def test_no_texts_give_no_vectors(words):
    assert words.encode([]).shape == (0, words.dimension)


def test_special_tokens_have_no_vector(words):
    assert not words.table[words.tokenizer.all_special_ids].any()
