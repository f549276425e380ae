from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from models.nets.residual_cells import BRANCH, DecoderCell, EncoderCell, ShiftedHalving, SqueezeExcitation

FEATURES = torch.randn(2, 8, 6, 6, generator=torch.Generator().manual_seed(0))


@pytest.fixture(autouse=True)
def seeded() -> None:
    torch.manual_seed(0)


def naive_gate(module: SqueezeExcitation, features: Tensor) -> Tensor:
    hidden = (module.squeeze.weight @ features.mean((2, 3)).T + module.squeeze.bias[:, None]).clamp(min=0)
    return torch.sigmoid(module.excite.weight @ hidden + module.excite.bias[:, None]).T


def test_squeeze_and_excitation_scales_each_channel_by_its_gate():
    module = SqueezeExcitation(8)
    scaled = module(FEATURES) / FEATURES
    assert torch.allclose(scaled, naive_gate(module, FEATURES)[:, :, None, None].expand_as(scaled), atol=1e-5)


def test_its_hidden_layer_has_a_sixteenth_of_the_channels_and_no_fewer_than_four():
    assert [SqueezeExcitation(channels).squeeze.out_features for channels in (8, 64, 160)] == [4, 4, 10]


def test_halving_reads_each_place_of_a_square_of_four():
    halving = ShiftedHalving(8, 10)
    halved = halving(FEATURES)
    assert halved.shape == (2, 10, 3, 3)
    swished = FEATURES * FEATURES.sigmoid()
    places = [swished[:, :, y::2, x::2] for y, x in ((0, 0), (1, 1), (0, 1), (1, 0))]
    expected = torch.cat(
        [
            functional.conv2d(place, conv.weight, conv.bias)
            for conv, place in zip(halving.convs, places, strict=True)
            if isinstance(conv, nn.Conv2d)
        ],
        1,
    )
    assert torch.allclose(halved, expected, atol=1e-6)


@pytest.mark.parametrize(("out", "stride", "side"), [(8, 1, 6), (12, 2, 3)])
def test_an_encoder_cell_adds_a_tenth_of_its_branch(out, stride, side):
    cell = EncoderCell(8, out, stride).eval()
    branch = cell.conv2(functional.silu(cell.norm2(cell.conv1(functional.silu(cell.norm1(FEATURES))))))
    expected = cell.skip(FEATURES) + 0.1 * cell.excitation(branch)
    assert cell(FEATURES).shape == (2, out, side, side)
    assert torch.allclose(cell(FEATURES), expected)


def test_a_decoder_cell_without_a_branch_passes_the_features_on():
    cell = DecoderCell(8, 8, expansion=2, kernel=3).eval()
    nn.init.zeros_(cell.project.weight)
    assert torch.equal(cell(FEATURES), FEATURES)


def test_doubling_after_the_1x1_convolutions_equals_doubling_before_them():
    cell = DecoderCell(8, 6, expansion=2, kernel=3, up=True).eval()
    nearest = functional.interpolate(FEATURES, scale_factor=2.0, mode="nearest")
    branch = functional.silu(cell.norm2(cell.expand(cell.norm1(nearest))))
    branch = cell.norm4(cell.project(functional.silu(cell.norm3(cell.depthwise(branch)))))
    skip = cell.skip(functional.interpolate(FEATURES, scale_factor=2.0, mode="bilinear"))
    expected = skip + BRANCH * cell.excitation(branch)
    assert cell(FEATURES).shape == (2, 6, 12, 12)
    assert torch.allclose(cell(FEATURES), expected, atol=1e-5)


@pytest.mark.parametrize("kernel", [3, 5])
def test_the_wide_convolution_keeps_the_channels_apart(kernel):
    cell = DecoderCell(8, 8, expansion=3, kernel=kernel).eval()
    assert cell.depthwise.weight.shape == (24, 1, kernel, kernel)
    wide = torch.zeros(1, 24, 6, 6)
    wide[0, 5] = 1.0
    assert cell.depthwise(wide).abs().sum((0, 2, 3)).nonzero().flatten().tolist() == [5]
