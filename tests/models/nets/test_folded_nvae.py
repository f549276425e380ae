from __future__ import annotations

import pytest
import torch
from torch import nn

from models.nets import folded_nvae
from models.nets.folded_nvae import FoldedCell, fold
from models.nets.nvae import NVAE
from models.nets.readjustment import readjust, with_statistics
from models.nets.residual_cells import DecoderCell
from tests.models.nets.tiny_nvae import FASHION, SHIPPED, lively_nvae, random_pictures


def pictures(model: NVAE, count: int = 3) -> torch.Tensor:
    return model.decode(model.draw(count, seed=4), 0.7).mean()


@pytest.mark.parametrize("fields", [{}, {"cells": 2}, {"kernel": 5}, FASHION], ids=str)
def test_a_folded_network_decodes_what_the_network_does(fields):
    model = lively_nvae(**fields)
    assert (pictures(fold(model)) - pictures(model)).abs().max() < 1e-5


def test_it_has_no_batch_norm_on_its_way_down():
    folded = fold(lively_nvae())
    assert not any(isinstance(module, nn.BatchNorm2d) for module in folded.top_down.modules())


def test_it_folds_in_the_statistics_it_is_given():
    model = lively_nvae()
    statistics = readjust(model, 0.5, rounds=2)
    assert (pictures(fold(model, statistics)) - pictures(with_statistics(model, statistics))).abs().max() < 1e-5
    assert (pictures(fold(model, statistics)) - pictures(model)).abs().max() > 1e-3


def test_the_network_itself_is_left_as_it_was():
    model = lively_nvae()
    before = {name: (tensor.clone(), tensor.stride()) for name, tensor in model.state_dict().items()}
    fold(model, readjust(model, 0.5, rounds=1))
    after = model.state_dict()
    assert all(torch.equal(after[name], tensor) for name, (tensor, _) in before.items())
    assert all(after[name].stride() == stride for name, (_, stride) in before.items())


def test_the_way_up_is_shared():
    model = lively_nvae()
    folded = fold(model)
    assert all(a is b for a, b in zip(model.bottom_up.parameters(), folded.bottom_up.parameters(), strict=True))
    assert torch.allclose(folded.reconstruct(random_pictures(2)), model.reconstruct(random_pictures(2)), atol=1e-5)


def test_blocks_change_nothing(monkeypatch):
    folded = fold(lively_nvae())
    whole = pictures(folded, 5)
    monkeypatch.setattr(folded_nvae, "BLOCK", 2 * 16 * 8 * 8)
    assert torch.allclose(pictures(folded, 5), whole, atol=1e-6)


@pytest.mark.parametrize("up", [False, True])
def test_a_folded_cell_equals_the_cell_where_padding_meets_a_shift(up):
    torch.manual_seed(0)
    cell = DecoderCell(4, 6 if up else 4, expansion=2, kernel=5, up=up)
    cell.train()
    for _ in range(3):
        cell(3 + 2 * torch.randn(8, 4, 8, 8))
    cell.eval().requires_grad_(False)
    features = torch.randn(2, 4, 8, 8)
    assert torch.allclose(FoldedCell(cell)(features), cell(features), atol=1e-5)


@pytest.mark.parametrize("folder", SHIPPED, ids=[folder.name for folder in SHIPPED])
@torch.inference_mode()
def test_pictures_of_a_shipped_network_are_the_same_to_the_last_of_256_values(folder):
    model = NVAE.from_pretrained(folder).eval()
    statistics = readjust(model, 0.7, rounds=1)
    adjusted = pictures(with_statistics(model, statistics))
    assert (pictures(fold(model, statistics)) - adjusted).abs().max() < 0.01 / 255
    assert adjusted.std() > 0.05
