import base64
import json

import numpy as np
import pytest

from playground.ui.point_clouds import Cloud, PointClouds, clouds_value
from playground.ui.scrubber import Scrubber

SCRUBBER = Scrubber(300, "Moment", "step 3 of 10", True)


def value(points, labels=(0, 1)):
    cloud = Cloud("<h3>a</h3>", "b", "c", "sphere", np.array(points), "a cloud")
    return json.loads(clouds_value([cloud], np.array(labels), "<i>", SCRUBBER))


def unpacked(card):
    return np.frombuffer(base64.b64decode(card["points"]), np.int8).reshape(-1, 3)


def test_coordinates_travel_as_hundredths_in_one_byte_each():
    card = value([[0, 0.5, -1], [0.123, 2, -2]])["cards"][0]
    assert unpacked(card).tolist() == [[0, 50, -100], [12, 127, -127]]


@pytest.mark.parametrize("nothing", [np.nan, np.inf, -np.inf])
def test_what_is_not_a_number_stays_inside(nothing):
    assert np.abs(unpacked(value([[nothing, 0, 0], [0, 0, 0]])["cards"][0])).max() <= 127


def test_a_class_beyond_the_last_byte_starts_again():
    assert base64.b64decode(value([[0, 0, 0], [0, 0, 0]], (3, 258))["labels"]) == bytes([3, 2])


def test_the_words_come_along():
    given = value([[0, 0, 0], [0, 0, 0]])
    assert (given["cards"][0]["head"], given["legend"]) == ("<h3>a</h3>", "<i>")
    assert given["scrubber"] == {"moment": 300, "label": "Moment", "said": "step 3 of 10", "enabled": True}


def test_the_component_takes_the_value_as_it_is():
    assert PointClouds().api_info() == {"type": "string"}
