import torch

from playground.tabs.decoding.lineage import Lineage


def test_rows_are_found_where_beam_search_put_them():
    lineage = Lineage()
    assert lineage.parents(torch.tensor([[5, 1], [5, 2], [5, 3]])) is None
    assert lineage.parents(torch.tensor([[5, 3, 7], [5, 3, 8], [5, 1, 7]])).tolist() == [2, 2, 0]
    assert lineage.parents(torch.tensor([[5, 3, 8, 0]])).tolist() == [1]


def test_a_new_generation_begins_afresh():
    lineage = Lineage()
    lineage.parents(torch.tensor([[5, 1]]))
    assert lineage.parents(torch.tensor([[5, 1]])) is None
    assert lineage.parents(torch.tensor([[6, 1, 2]])) is None
