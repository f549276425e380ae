import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from playground.tabs.decoding.streams import uniforms


@given(st.integers(0, 2**31 - 1), st.integers(1, 300))
def test_a_longer_stream_begins_with_the_shorter(seed, length):
    np.testing.assert_array_equal(uniforms(seed, "ancestral", 400)[:length], uniforms(seed, "ancestral", length))


def test_streams_differ_by_seed_and_by_name():
    streams = {tuple(uniforms(seed, name, 4)) for seed in range(10) for name in ("ancestral", "top-k-4")}
    assert len(streams) == 20


def test_numbers_are_uniform():
    counts, _ = np.histogram(uniforms(7, "ancestral", 20_000), bins=20, range=(0, 1))
    chi_square = ((counts - 1000) ** 2 / 1000).sum()
    assert chi_square < 43.8  # 19 degrees of freedom, p = 0.001
