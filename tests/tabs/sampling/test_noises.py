import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.tabs.sampling.noises import FRESH, Noises, between, joined, spherical
from playground.tabs.sampling.origins import Picture


def same(first, second):
    return all(torch.equal(a, b) for a, b in zip(first, second, strict=True))


def test_a_drawn_picture_has_the_noise_that_the_model_draws(hierarchy):
    drawn = hierarchy.draw(6, 4)
    assert same(Noises(hierarchy).of(Picture.drawn(4, 5)), [group[5:6] for group in drawn])


def test_the_noise_is_the_same_whatever_was_asked_before(hierarchy):
    noises = Noises(hierarchy)
    noises.of(Picture.drawn(4, 1))
    noises.of(Picture.drawn(4, 40))
    assert same(noises.of(Picture.drawn(4, 20)), Noises(hierarchy).of(Picture.drawn(4, 20)))


def test_groups_come_from_where_the_picture_says(hierarchy):
    found = Noises(hierarchy).of(Picture.model_validate("0:3x1.r9:2"))
    drawn, fresh = hierarchy.draw(4, 0), hierarchy.draw(3, 9 + FRESH)
    assert same(found, [drawn[0][3:4], fresh[1][2:3], fresh[2][2:3]])


def test_fresh_noise_is_no_drawn_pictures(hierarchy):
    noises = Noises(hierarchy)
    assert not same(noises.of(Picture.drawn(0, 0)), noises.of(Picture.model_validate("r0:0")))


def test_pictures_are_joined_group_by_group(hierarchy):
    noises = Noises(hierarchy)
    together = joined([noises.of(Picture.drawn(0, place)) for place in range(3)])
    assert same(together, [group[:3] for group in hierarchy.draw(16, 0)])


def test_a_walk_starts_and_ends_at_its_pictures(hierarchy):
    first, second = ([group[place : place + 1] for group in hierarchy.draw(2, 0)] for place in (0, 1))
    for share, end in ((0.0, first), (1.0, second)):
        for a, b in zip(between(first, second, share), end, strict=True):
            torch.testing.assert_close(a, b)


def test_between_orthogonal_unit_vectors_lies_the_quarter_circle():
    first, second = torch.tensor([1.0, 0.0]), torch.tensor([0.0, 1.0])
    expected = torch.tensor([math.cos(math.pi / 6), math.sin(math.pi / 6)])
    torch.testing.assert_close(spherical(first, second, 1 / 3), expected)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 1000), share=st.floats(0, 1))
def test_lengths_on_the_way_are_between_those_of_the_ends(seed, share):
    first, second = torch.randn(2, 50, generator=torch.Generator().manual_seed(seed))
    expected = (1 - share) * first.norm() + share * second.norm()
    torch.testing.assert_close(spherical(first, second, share).norm(), expected, rtol=1e-4, atol=1e-4)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 1000), share=st.floats(0.01, 0.99))
def test_the_angle_grows_evenly_on_the_way(seed, share):
    first, second = torch.randn(2, 50, generator=torch.Generator().manual_seed(seed)).double()

    def angle(a, b):
        return torch.arccos(a @ b / a.norm() / b.norm())

    on_the_way = spherical(first, second, share)
    torch.testing.assert_close(angle(first, on_the_way), share * angle(first, second), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("second", [[1.0, 2.0], [-1.0, -2.0], [0.0, 0.0]])
def test_where_there_is_no_circle_the_way_is_straight(second):
    first, second = torch.tensor([1.0, 2.0]), torch.tensor(second)
    torch.testing.assert_close(spherical(first, second, 0.25), 0.75 * first + 0.25 * second)
