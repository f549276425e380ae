import torch

from models.recipes.matching_vectors import sentences_of, tensors_of

PARTS = {
    "train": [{"a": "one", "b": "two", "label": 5.0}, {"a": "two", "b": "three", "label": 1.4}],
    "dev": [{"a": "four", "b": "one", "label": 0.0}],
}


def test_every_different_sentence_comes_once_in_its_order():
    assert sentences_of(PARTS) == ["one", "two", "three", "four"]


def test_pairs_are_rows_of_the_vectors():
    vectors = torch.eye(4)
    tensors = tensors_of(PARTS, sentences_of(PARTS), vectors)
    assert tensors["train.pairs"].tolist() == [[0, 1], [1, 2]]
    assert tensors["dev.pairs"].tolist() == [[3, 0]]
    assert torch.equal(tensors["vectors"].float(), vectors)


def test_labels_keep_the_digits_that_the_set_has():
    assert tensors_of(PARTS, sentences_of(PARTS), torch.eye(4))["train.labels"].float().round(decimals=2).tolist() == (
        torch.tensor([5.0, 1.4]).tolist()
    )
