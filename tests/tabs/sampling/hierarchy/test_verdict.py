import math

import numpy as np
import pytest

from playground.tabs.sampling.hierarchy.verdict import active_units, bits_per_dimension, verdict


@pytest.mark.parametrize(
    ("nats", "weight", "kind"),
    [(0.0, 1.0, "collapsed"), (0.099, 0.2, "collapsed"), (0.1, 1.0, "in use"), (9.0, 0.99, "too early")],
)
def test_a_group_without_a_tenth_of_a_nat_has_collapsed(nats, weight, kind):
    assert verdict(nats, weight) == kind


def test_active_units_are_channels_above_a_tenth_of_a_nat():
    assert active_units(np.array([[0.05, 0.2, 3.0], [0.1, 0.0, 0.0]])).tolist() == [2, 0]


def test_a_coin_for_each_number_is_one_bit_per_dimension():
    assert bits_per_dimension(64 * math.log(2), 64) == pytest.approx(1)
