from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from models.losses.normals import Normal
from models.nets.nvae import NVAEConfig
from models.nets.nvae_towers import BottomUp, Join, PosteriorHead, TopDown
from tests.models.nets.tiny_nvae import SHAPE

CONFIG = NVAEConfig(**SHAPE)


@pytest.fixture(autouse=True)
def seeded() -> None:
    torch.manual_seed(0)


@pytest.mark.parametrize("cells", [1, 3])
def test_going_up_every_group_reads_at_its_own_resolution_from_the_top(cells):
    tower = BottomUp(3, (8, 8, 12), (0, 2, 1), cells).eval()
    shapes = [tuple(features.shape) for features in tower(torch.randn(2, 3, 16, 16))]
    assert shapes == [(2, 12, 4, 4), (2, 8, 8, 8), (2, 8, 8, 8)]


def test_groups_of_one_resolution_read_behind_different_cells():
    tower = BottomUp(3, (8, 8), (0, 2), 1).eval()
    first, second = tower(torch.randn(1, 3, 8, 8))
    assert not torch.equal(first, second)
    assert torch.equal(tower.levels[-1](second), first)


def test_a_posterior_joins_both_towers_by_a_sum_and_the_top_one_reads_the_way_up_alone():
    below, above = torch.randn(2, 1, 8, 4, 4).unbind()
    head, top = PosteriorHead(8, 2, False), PosteriorHead(8, 2, True)
    assert torch.allclose(head(below, above), head.parameters_of(below + head.join(above)))
    expected = top.parameters_of(functional.elu(top.join(functional.elu(below))))
    assert torch.allclose(top(below, above), expected)
    assert torch.equal(top(below, above), top(below, torch.zeros_like(above)))


def test_a_join_is_a_product_of_both():
    join, features, latents = Join(8, 2), torch.randn(1, 8, 3, 3), torch.randn(1, 2, 3, 3)
    matrix = join.weight[:, :, 0, 0]
    expected = torch.einsum("oi,bihw->bohw", matrix[:, :8], features)
    expected = expected + torch.einsum("oi,bihw->bohw", matrix[:, 8:], latents) + join.bias[:, None, None]
    assert torch.allclose(join(features, latents), expected, atol=1e-5)


def asked(tower: TopDown, batch: int = 2) -> list[tuple[int, tuple[int, ...], Normal]]:
    """Group, features' shape and prior of every question on the way down; all latents are zero."""
    questions = []

    def choose(group: int, features: Tensor, prior: Normal) -> Tensor:
        questions.append((group, tuple(features.shape), prior))
        return torch.zeros_like(prior.raw_mean)

    assert tower(batch, choose).shape == (batch, CONFIG.outputs, 16, 16)
    return questions


def test_going_down_asks_for_the_latents_of_every_group_in_turn():
    questions = asked(TopDown(CONFIG).eval())
    assert [group for group, _, _ in questions] == [0, 1, 2]
    assert [shape for _, shape, _ in questions] == [(2, 12, 4, 4), (2, 8, 8, 8), (2, 8, 8, 8)]
    assert [tuple(prior.raw_mean.shape) for _, _, prior in questions] == [(2, *s) for s in CONFIG.latent_shapes()]


def test_the_first_prior_is_standard_normal_but_for_the_least_deviation():
    _, _, prior = asked(TopDown(CONFIG).eval())[0]
    assert (prior.mean == 0).all()
    assert torch.allclose(prior.deviation, torch.tensor(1.01))


def test_at_first_nothing_but_the_learned_constant_is_known():
    tower = TopDown(CONFIG).eval()
    seen = []

    def choose(group: int, features: Tensor, prior: Normal) -> Tensor:
        if group == 0:
            seen.append(features)
        return torch.zeros_like(prior.raw_mean)

    tower(2, choose)
    assert torch.equal(seen[0], tower.start.expand(2, -1, -1, -1))


def test_later_priors_depend_on_what_was_taken_in():
    tower = TopDown(CONFIG).eval()
    priors = []

    def choose(group: int, features: Tensor, prior: Normal) -> Tensor:
        priors.append(prior.mean)
        return torch.tensor([0.0, 2.0]).view(2, 1, 1, 1).expand_as(prior.raw_mean)

    tower(2, choose)
    assert [torch.equal(*means) for means in priors] == [True, False, False]
