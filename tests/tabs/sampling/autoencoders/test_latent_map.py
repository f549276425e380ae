import re

import numpy as np

from playground.tabs.sampling.autoencoders.latent_map import map_svg


def places(svg):
    return [(float(x), float(y)) for x, y in re.findall(r"M(-?[\d.]+) (-?[\d.]+)h0", svg)]


def test_points_stand_where_they_are_and_upwards_is_positive():
    svg = map_svg(np.array([[1.5, 0.0], [0.0, 3.0]]), np.array([0, 0]), "a map")
    assert abs(2 * places(svg)[0][0] + places(svg)[1][1]) < 0.2
    assert places(svg)[1][1] < 0


def test_each_class_has_its_colour():
    svg = map_svg(np.zeros((3, 2)), np.array([1, 12, 1]), "a map")
    counts = {colour: len(re.findall("M", path)) for path, colour in re.findall(r'd="([^"]*)"[^>]*class-(\d)', svg)}
    assert {colour: count for colour, count in counts.items() if count} == {"1": 2, "2": 1}


def test_far_points_stand_at_the_edge():
    points = np.zeros((1000, 2))
    points[0] = 1e4, -1e4
    assert places(map_svg(points, np.zeros(1000, int), "a map"))[0] == (100, 100)


def test_the_circle_is_two_deviations():
    assert 'r="66.7"' in map_svg(np.zeros((4, 2)), np.zeros(4, int), "a map")
