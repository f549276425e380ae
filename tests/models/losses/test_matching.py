import math
import warnings
from collections.abc import Callable

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from models.losses import matching

PAIRS, WIDTH = 7, 6


@pytest.fixture(scope="module")
def library() -> dict[str, nn.Module]:
    """Losses of sentence-transformers, without their encoder."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from sentence_transformers.sentence_transformer import losses

    return {
        "cosent": losses.CoSENTLoss(nn.Identity()),
        "angle": losses.AnglELoss(nn.Identity()),
        "mse": losses.CosineSimilarityLoss(nn.Identity()),
        "contrastive": losses.MultipleNegativesRankingLoss(nn.Identity()),
    }


def vectors(seed: int) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    u, v = (torch.randn(PAIRS, WIDTH, generator=generator, dtype=torch.float64) for _ in range(2))
    return u.requires_grad_(), v.requires_grad_()


def targets(seed: int) -> Tensor:
    """Graded labels in 0..1, some of them equal."""
    return torch.randint(0, 4, (PAIRS,), generator=torch.Generator().manual_seed(seed)) / 3


def gradients(loss: Tensor, *inputs: Tensor) -> tuple[Tensor, ...]:
    return torch.autograd.grad(loss, inputs)


def assert_same(ours: Callable[..., Tensor], theirs: Callable[..., Tensor]) -> None:
    """Equal values and gradients of two losses of vectors and labels."""
    (u, v), labels = vectors(1), targets(2)
    first, second = ours(u, v, labels), theirs(u, v, labels)
    torch.testing.assert_close(first, second)
    torch.testing.assert_close(gradients(first, u, v), gradients(second, u, v))


def naive_cosent(scores: Tensor, labels: Tensor, scale: float = 20.0) -> Tensor:
    total = torch.ones((), dtype=torch.float64)
    for i in range(len(scores)):
        for j in range(len(scores)):
            if labels[i] > labels[j]:
                total = total + torch.exp(scale * (scores[j] - scores[i]))
    return total.log()


def test_cosent_is_the_naive_double_sum_with_its_gradient() -> None:
    assert_same(
        lambda u, v, labels: matching.cosent(matching.pair_cosines(u, v), labels),
        lambda u, v, labels: naive_cosent(matching.pair_cosines(u, v), labels),
    )


def test_angle_is_the_naive_double_sum_over_complex_quotients() -> None:
    def naive(u: Tensor, v: Tensor, labels: Tensor) -> Tensor:
        units = (each / each.norm(dim=1, keepdim=True) for each in (u, v))
        x, y = (torch.complex(*unit.chunk(2, dim=1)) for unit in units)
        product = x * y.conj()
        return naive_cosent((product.real.sum(1) + product.imag.sum(1)).abs(), labels)

    assert_same(matching.angle, naive)


@pytest.mark.parametrize("name", ["cosent", "angle", "mse"])
def test_losses_equal_those_of_sentence_transformers(name: str, library: dict[str, nn.Module]) -> None:
    ours: dict[str, Callable[..., Tensor]] = {
        "cosent": lambda u, v, labels: matching.cosent(matching.pair_cosines(u, v), labels),
        "angle": matching.angle,
        "mse": lambda u, v, labels: matching.cosine_mse(matching.pair_cosines(u, v), labels.double()),
    }
    theirs = library[name]
    assert_same(ours[name], lambda u, v, labels: theirs.compute_loss_from_embeddings([u, v], labels.double()))


def test_the_contrastive_loss_equals_that_of_sentence_transformers(library: dict[str, nn.Module]) -> None:
    theirs = library["contrastive"]
    assert_same(
        lambda u, v, _: matching.in_batch_contrastive(u, v),
        lambda u, v, labels: theirs.compute_loss_from_embeddings([u, v], labels),
    )


def test_the_softmax_head_is_a_linear_layer_on_both_vectors_and_their_distance() -> None:
    (u, v), head = vectors(1), matching.SoftmaxHead(WIDTH, 3).double()
    plain = nn.Linear(3 * WIDTH, 3, dtype=torch.float64)
    plain.load_state_dict(head.state_dict())
    torch.testing.assert_close(head(u, v), plain(torch.cat([u, v, abs(u - v)], dim=-1)))


def test_two_softmax_heads_of_one_seed_are_equal() -> None:
    first, second = (matching.SoftmaxHead(4, 2, torch.Generator().manual_seed(3)) for _ in range(2))
    assert torch.equal(first.weight, second.weight)
    assert not torch.equal(first.weight[0], first.weight[1])


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=6))
@settings(max_examples=20, deadline=None)
def test_equal_labels_give_no_loss_and_no_gradient(values: list[float]) -> None:
    cosines = torch.tensor(values, dtype=torch.float64, requires_grad=True)
    loss = matching.cosent(cosines, torch.ones(len(values)))
    assert loss.item() == 0
    assert not gradients(loss, cosines)[0].any()


@given(st.permutations(range(PAIRS)))
@settings(max_examples=20, deadline=None)
def test_only_the_order_of_labels_matters_to_cosent(order: list[int]) -> None:
    cosines, labels = torch.linspace(-0.4, 0.9, PAIRS)[order], torch.arange(PAIRS)
    torch.testing.assert_close(matching.cosent(cosines, labels), matching.cosent(cosines, (labels / 2).exp()))


def test_cosent_stays_finite_on_scores_far_apart() -> None:
    assert matching.cosent(torch.tensor([-1e4, 1e4]), torch.tensor([1, 0])).item() == pytest.approx(4e5)


def test_naive_losses_have_their_closed_form() -> None:
    cosines, labels = torch.tensor([0.8, -0.5]), torch.tensor([1.0, 0.0])
    assert matching.cos_1(cosines, labels).item() == pytest.approx((0.2 + 0.5) / 2)
    assert matching.cos_2(cosines, labels).item() == pytest.approx((0.04 + 0.25) / 2)


def test_naive_losses_draw_unlike_pairs_to_minus_one_and_to_zero() -> None:
    cosines, unlike = torch.linspace(-1, 1, 201), torch.zeros(1)
    first, second = ([loss(cosine, unlike).item() for cosine in cosines] for loss in (matching.cos_1, matching.cos_2))
    assert cosines[first.index(min(first))].item() == -1
    assert math.isclose(cosines[second.index(min(second))].item(), 0, abs_tol=1e-6)


def test_a_vector_of_zeros_has_a_finite_gradient() -> None:
    u, v = torch.zeros(2, 4, requires_grad=True), torch.ones(2, 4)
    (gradient,) = gradients(matching.angle(u, v, torch.tensor([0, 1])), u)
    assert gradient.isfinite().all()


def test_half_precision_vectors_are_compared_in_single_precision() -> None:
    u, v = (each.detach().half() for each in vectors(1))
    assert matching.pair_cosines(u, v).dtype == matching.angle(u, v, targets(2)).dtype == torch.float32
