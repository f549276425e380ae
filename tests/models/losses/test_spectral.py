from __future__ import annotations

import pytest
import torch
from torch import nn

from models.losses.spectral import SpectralRegularizer


def network() -> nn.Sequential:
    torch.manual_seed(0)
    norm = nn.BatchNorm2d(4)
    nn.init.normal_(norm.weight)
    convolutions = (nn.Conv2d(3, 4, 3), nn.Conv2d(4, 4, 3, groups=4), nn.Conv2d(4, 4, 1), nn.Conv2d(4, 4, 1))
    return nn.Sequential(*convolutions, norm, nn.Linear(7, 7))


def exact(model: nn.Sequential) -> torch.Tensor:
    """The sum by torch's own norms; a linear layer does not count."""
    weights = (module.weight for module in model if isinstance(module, nn.Conv2d))
    norms = [torch.linalg.matrix_norm(weight.flatten(1), 2) for weight in weights]
    return torch.stack(
        [*norms, *(module.weight.abs().max() for module in model if isinstance(module, nn.BatchNorm2d))]
    ).sum()


def test_it_is_the_sum_of_the_largest_singular_values_and_scales_once_converged():
    model = network()
    regularizer = SpectralRegularizer(model)
    for _ in range(10):
        found = regularizer()
    assert found.item() == pytest.approx(exact(model).item(), abs=1e-3)


def test_its_gradient_is_that_of_the_singular_values():
    mine, theirs = network(), network()
    regularizer = SpectralRegularizer(mine)
    for _ in range(20):
        found = regularizer()
    found.backward()
    exact(theirs).backward()
    for one, other in zip(mine.parameters(), theirs.parameters(), strict=True):
        if other.grad is not None:
            assert one.grad is not None
            assert torch.allclose(one.grad, other.grad, atol=1e-2)


def test_few_iterations_follow_weights_that_change_little():
    model = network()
    regularizer = SpectralRegularizer(model)
    for _ in range(10):
        regularizer()
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter += 0.02 * torch.randn(parameter.shape, generator=generator)
    assert regularizer().item() == pytest.approx(exact(model).item(), rel=5e-3)


def test_the_same_seed_starts_from_the_same_vectors():
    model = network()
    assert SpectralRegularizer(model, 3)().item() == SpectralRegularizer(model, 3)().item()


def test_without_norms_there_is_nothing_to_add():
    model = nn.Sequential(nn.Conv2d(1, 1, 1, bias=False))
    nn.init.constant_(model[0].weight, -2.5)
    assert SpectralRegularizer(model)().item() == pytest.approx(2.5)


def test_whoever_takes_over_the_vectors_goes_on_where_the_other_was():
    model = network()
    first, second = SpectralRegularizer(model, 0), SpectralRegularizer(model, 1)
    first()
    second.vectors = [left.clone() for left in first.vectors]
    assert second().item() == first().item()
