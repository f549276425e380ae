import io
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from playground.runtime.errors import InvalidRequest
from playground.tabs.collapse.diagnose.arrays import array_of


def saved(array, **options):
    file = io.BytesIO()
    np.save(file, array, **options)
    return file.getvalue()


def read_or_told(data):
    """Whether these bytes are an array, or a sentence names the file."""
    try:
        return isinstance(array_of(data, "a.npy"), np.ndarray)
    except InvalidRequest as refused:
        return "a.npy" in str(refused)


def with_header(header, body=b""):
    """An .npy file with this text for a header."""
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode("latin1") + body


@given(
    arrays.arrays(
        st.sampled_from([np.float64, np.float32, np.float16, np.int8, np.uint32, np.bool_, ">f4"]),
        arrays.array_shapes(max_dims=3, max_side=5),
    ),
    st.booleans(),
)
@settings(max_examples=40)
def test_a_saved_array_comes_back(array, fortran):
    np.testing.assert_array_equal(array_of(saved(np.asfortranarray(array) if fortran else array), "a.npy"), array)


def test_what_numpy_pickles_is_refused():
    with pytest.raises(InvalidRequest, match="Python objects"):
        array_of(saved(np.array([{"a": 1}, None], dtype=object), allow_pickle=True), "a.npy")


@pytest.mark.parametrize(
    "array", [np.array(["a"]), np.array([1j]), np.zeros(2, [("a", "f4")]), np.array(["2020"], "M8[Y]")]
)
def test_what_is_no_number_is_refused(array):
    with pytest.raises(InvalidRequest, match=r"not numbers|not an \.npy"):
        array_of(saved(array), "a.npy")


@pytest.mark.parametrize("shape", ["(1000000, 1000000)", "(3, 2)", "(-1, 2)", f"({10**30}, 0)"])
def test_a_header_that_promises_more_than_there_is_allocates_nothing(shape):
    header = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}"
    with pytest.raises(InvalidRequest, match="shorter"):
        array_of(with_header(header, b"\0" * 40), "a.npy")


@pytest.mark.parametrize(
    "header",
    [
        "",
        "{",
        "[" * 5000,
        "{'descr': '<f8'}",
        "{'descr': 7, 'fortran_order': False, 'shape': (1,)}",
        "{'descr': '<f8', 'fortran_order': 2, 'shape': (1,)}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': 5}",
        "__import__('os').abort()",
        "x" * 60_000,
    ],
)
def test_a_forged_header_is_refused(header):
    with pytest.raises(InvalidRequest):
        array_of(with_header(header, b"\0" * 8), "a.npy")


@pytest.mark.parametrize(
    ("descr", "shape"),
    [("<f8", "(True, 2)"), ("<f8", f"({'1, ' * 70})"), ("<U0", "(2,)"), ("<U1", "(1,)"), (">U1", "(1,)")],
)
def test_a_header_that_numpy_cannot_make_an_array_of_is_refused(descr, shape):
    header = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}"
    with pytest.raises(InvalidRequest, match="that can be read"):
        array_of(with_header(header, b"\xff" * 40), "a.npy", "fiubU")


@pytest.mark.parametrize("descr", ["<U2", ">U2"])
def test_words_come_back_in_either_byte_order(descr):
    array = np.array(["a", "é✓"], descr)
    np.testing.assert_array_equal(array_of(saved(array), "a.npy", "U"), array)


@given(st.binary(max_size=200) | st.binary(max_size=60).map(lambda tail: b"\x93NUMPY\x01\x00" + tail))
@settings(max_examples=60)
def test_any_bytes_are_an_array_or_a_sentence(data):
    assert read_or_told(data)


@given(st.data())
@settings(max_examples=60)
def test_a_damaged_file_is_an_array_or_a_sentence(data):
    file = bytearray(saved(np.arange(12.0).reshape(4, 3)))
    for _ in range(data.draw(st.integers(1, 4))):
        file[data.draw(st.integers(0, len(file) - 1))] = data.draw(st.integers(0, 255))
    assert read_or_told(bytes(file[: data.draw(st.integers(0, len(file)))]))
