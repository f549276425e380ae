import pytest
import torch

from playground.tabs.collapse import direct


def correlations(dimension, seed=0, count=3):
    z = torch.randn(count, 50, dimension, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return direct.correlation(torch.zeros(count, dimension, dimension, dtype=torch.float64), z)


@pytest.mark.parametrize("dimension", [2, 3, 16, 40])
def test_the_weights_eigenvalues_are_the_stated_ones(dimension):
    moving = correlations(dimension)
    s = torch.linalg.eigvalsh(moving)
    s = s / s.amax(1, keepdim=True)
    stated = s.sqrt() + 0.01 * s.amax(1, keepdim=True)
    torch.testing.assert_close(torch.linalg.eigvalsh(direct.weight(moving, dimension)), stated)


def test_the_weight_is_symmetric_and_shares_its_directions_with_the_correlation():
    moving = correlations(8)
    weight = direct.weight(moving, 8)
    torch.testing.assert_close(weight, weight.mT)
    torch.testing.assert_close(weight @ moving, moving @ weight)


def test_the_scale_of_the_outputs_does_not_matter():
    moving = correlations(8)
    torch.testing.assert_close(direct.weight(moving, 8), direct.weight(1e6 * moving, 8))


def test_the_correlation_keeps_three_tenths_of_what_it_was():
    before = torch.eye(4).expand(2, 4, 4)
    z = torch.randn(2, 10, 4, generator=torch.Generator().manual_seed(0))
    expected = 0.3 * before + 0.7 * torch.stack([own.T @ own / 10 for own in z])
    torch.testing.assert_close(direct.correlation(before, z), expected)


def test_beyond_the_dimension_the_weight_is_zero():
    wide = torch.nn.functional.pad(correlations(5), (0, 11, 0, 11))
    weight = direct.weight(wide, 5)
    torch.testing.assert_close(weight[:, :5, :5], direct.weight(correlations(5), 5))
    assert weight[:, 5:].abs().max() == weight[:, :, 5:].abs().max() == 0


def test_correlations_that_are_zero_or_not_finite_give_finite_weights():
    moving = torch.stack([torch.zeros(4, 4), torch.full((4, 4), torch.nan), torch.full((4, 4), torch.inf)])
    assert direct.weight(moving, 4).isfinite().all()
