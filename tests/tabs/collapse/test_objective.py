import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.functional import cosine_similarity

from playground.tabs.collapse.objective import negative_cosine


def naive(p, z):
    """The mean negative cosine and its gradient by p, row by row in double precision."""
    total, gradient = 0.0, np.zeros_like(p)
    for row, (a, b) in enumerate(zip(p, z, strict=True)):
        cosine = a @ b / (np.sqrt(a @ a) * np.sqrt(b @ b))
        total -= cosine / len(p)
        gradient[row] = -(b / np.sqrt(b @ b) - cosine * a / np.sqrt(a @ a)) / np.sqrt(a @ a) / len(p)
    return total, gradient


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 19), st.integers(2, 40), st.integers(0, 10**6))
def test_loss_and_gradient_are_the_naive_ones_in_double_precision(rows, dimension, seed):
    p, z = np.random.default_rng(seed).standard_normal((2, rows, dimension))
    leaf = torch.tensor(p, requires_grad=True)
    loss = negative_cosine(leaf, torch.tensor(z))
    loss.backward()
    expected, gradient = naive(p, z)
    assert loss.item() == pytest.approx(expected, abs=1e-12)
    np.testing.assert_allclose(leaf.grad, gradient, atol=1e-12)


def test_it_is_torchs_cosine_to_a_millionth():
    p, z = torch.randn(2, 4, 2, 64, 32, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(negative_cosine(p, z), -cosine_similarity(p, z, dim=-1).mean(-1), atol=1e-6, rtol=0)


def test_zero_columns_change_nothing():
    p, z = torch.randn(2, 8, 5, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    wide = [torch.nn.functional.pad(each, (0, 11)) for each in (p, z)]
    torch.testing.assert_close(negative_cosine(*wide), negative_cosine(p, z))


def test_it_is_symmetric_and_blind_to_scale():
    p, z = torch.randn(2, 8, 5, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    torch.testing.assert_close(negative_cosine(p, z), negative_cosine(3 * z, 0.1 * p))


def test_a_row_of_zeros_counts_zero_and_gives_no_nan():
    p = torch.zeros(2, 4, requires_grad=True)
    negative_cosine(p, torch.ones(2, 4)).backward()
    assert p.grad.isfinite().all()
