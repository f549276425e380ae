import gzip

import torch

from playground.tabs.matching.pair_sets import ASSETS, load_pairs
from playground.tabs.matching.train.data import load

VECTORS = ASSETS / "stsb-en-vectors.safetensors"


def test_every_sentence_has_a_vector_of_length_one():
    data = load()
    assert data.vectors.shape == (len(data.texts), 384)
    assert torch.allclose(data.vectors.norm(dim=1), torch.ones(len(data.texts)), atol=2e-3)


def test_it_is_the_train_part_and_the_bundled_pairs_of_the_dev_part():
    data, bundled = load(), load_pairs("stsb-en").dev
    told = [(data.texts[a], data.texts[b]) for a, b in data.validation.rows.tolist()]
    assert told == [(pair.a, pair.b) for pair in bundled]
    assert torch.allclose(data.validation.scores, torch.tensor([pair.label for pair in bundled]), atol=2e-3)
    assert len(data.train) == 5667


def test_no_pair_is_trained_on_and_held_back():
    data = load()
    trained, held_back = ({frozenset(row) for row in part.rows.tolist()} for part in (data.train, data.validation))
    assert not trained & held_back


def test_the_vectors_take_no_more_than_nine_megabytes():
    assert VECTORS.stat().st_size <= 9e6


def test_sentences_stand_one_a_line():
    lines = gzip.decompress((ASSETS / "stsb-en-sentences.txt.gz").read_bytes()).decode().split("\n")
    assert lines.pop() == ""
    assert len(lines) == len(set(lines)) == len(load().vectors)
