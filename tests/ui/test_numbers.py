import math

import pytest

from playground.ui.numbers import finite, fixed, rounded


@pytest.mark.parametrize(("value", "said"), [(-0.5, "−0.50"), (math.nan, "–"), (math.inf, "–"), (2.0, "2.00")])
def test_a_number_is_written_as_people_read_it(value: float, said: str):
    assert fixed(value) == said


def test_a_plot_gets_four_digits_or_a_gap():
    assert [rounded(value) for value in (1 / 3, 12345.6, math.inf, math.nan)] == [0.3333, 12350.0, None, None]


def test_json_gets_the_number_or_null():
    assert [finite(value) for value in (1 / 3, -math.inf, math.nan)] == [1 / 3, None, None]
