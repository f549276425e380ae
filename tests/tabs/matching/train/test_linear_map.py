import torch

from playground.tabs.matching.train.linear_map import LinearMap


def test_it_starts_as_the_vectors_themselves():
    vectors = torch.randn(5, 3)
    assert torch.equal(LinearMap(vectors)(torch.tensor([4, 0])), vectors[[4, 0]])


def test_a_chunk_is_what_the_map_gives_without_a_gradient():
    encoder = LinearMap(torch.randn(5, 3))
    (chunk,) = encoder.chunks(torch.arange(5))
    assert torch.equal(chunk, encoder(torch.arange(5)))
    assert not chunk.requires_grad


def test_only_the_matrix_is_learnt_and_kept():
    assert list(LinearMap(torch.randn(5, 3)).state_dict()) == ["weight"]
