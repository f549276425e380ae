import subprocess
import sys

import pytest

from playground.tabs.matching.pair_sets import LANGUAGES, PAIR_SETS, load_pairs


@pytest.mark.parametrize("name", PAIR_SETS)
def test_a_bundled_set_has_500_pairs_to_choose_on_and_500_to_report_on(name):
    pairs = load_pairs(name)
    assert (pairs.name, pairs.language) == (name, LANGUAGES[name])
    assert (len(pairs.dev), len(pairs.test)) == (500, 500)


@pytest.mark.parametrize("name", PAIR_SETS)
def test_labels_reach_over_the_whole_scale(name):
    pairs = load_pairs(name)
    labels = [pair.label for pair in (*pairs.dev, *pairs.test)]
    assert (min(labels), max(labels)) == pairs.scale


@pytest.mark.parametrize("name", PAIR_SETS)
def test_no_pair_is_in_both_parts(name):
    pairs = load_pairs(name)
    dev, test = ({(pair.a, pair.b) for pair in part} for part in (pairs.dev, pairs.test))
    assert not dev & test


def test_the_sets_are_read_without_torch():
    code = "import sys; from playground.tabs.matching.pair_sets import load_pairs; load_pairs('stsb-en')"
    subprocess.run([sys.executable, "-c", f"{code}; assert 'torch' not in sys.modules"], check=True)
