import numpy as np

from playground.tabs.matching.set.record import lost, scored_pairs


def test_random_sets_hold_cosines_of_about_as_many_alike_as_different_pairs():
    scores, alike = scored_pairs(np.random.default_rng(3))
    assert 20 <= len(scores) <= 400
    assert abs(scores).max() <= 1
    assert abs(alike.mean() - 0.5) < 0.05


def test_what_is_lost_is_told_in_points_of_accuracy():
    scores = np.linspace(0.1, 0.4, 60)
    assert lost(scores, scores > 0.25) == 50
