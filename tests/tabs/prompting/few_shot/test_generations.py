import numpy as np
import pytest

from playground.tabs.prompting.few_shot.generations import SHOWN, told_sets

TEXTS, GOLD, LABELS = ("a", "b", "c", "d"), ("x", "y", "x", "y"), ("x", "y")


def test_sets_are_counted_by_the_label_they_were_given_and_compared_with_their_own():
    sets = [(np.array([0, 1, 2]), np.array([0, 0, 1])), (np.array([3, 3]), np.array([1, 1]))]
    told = told_sets(sets, TEXTS, GOLD, LABELS)
    assert told["sizes"] == (3, 2)
    assert told["counts"] == ((2, 1), (0, 2))
    assert told["right"] == pytest.approx((1 / 3, 1.0))
    assert told["texts"] == (("a", "x", "x"), ("b", "x", "y"), ("c", "y", "x"))


def test_some_texts_from_all_of_a_set_are_shown():
    texts = tuple(map(str, range(50)))
    told = told_sets([(np.arange(50), np.zeros(50, int))], texts, ("x",) * 50, LABELS)
    assert len(told["texts"]) == SHOWN
    assert (told["texts"][0][0], told["texts"][-1][0]) == ("0", "49")


def test_the_first_generation_has_no_sets():
    assert told_sets([], TEXTS, GOLD, LABELS) == {"sizes": (), "counts": (), "right": (), "texts": ()}
    (share,) = told_sets([(np.array([], int), np.array([], int))], TEXTS, GOLD, LABELS)["right"]
    assert np.isnan(share)
