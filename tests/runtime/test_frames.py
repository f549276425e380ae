import zlib
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from playground.runtime.contracts import Frame
from playground.runtime.frames import pack, unpack


@dataclass(frozen=True)
class Row:
    title: str
    values: Any


@dataclass(frozen=True)
class Anything(Frame):
    content: Any


TYPES = (Frame, Anything, Row)

dtypes = (
    st.sampled_from([np.bool_, np.float16, np.complex64, np.complex128])
    | hnp.integer_dtypes(endianness="?")
    | hnp.unsigned_integer_dtypes(endianness="?")
    | hnp.floating_dtypes(endianness="?", sizes=(16, 32, 64))
)
arrays = dtypes.flatmap(lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=0, max_dims=3, min_side=0)))
scalars = arrays.filter(lambda array: array.size).map(lambda array: array.reshape(-1)[0])
texts = st.text() | st.text(st.characters(exclude_categories=()))  # also lone surrogates
plain = st.none() | st.booleans() | st.integers() | st.floats() | texts | arrays | scalars
contents = st.recursive(
    plain,
    lambda inner: (
        st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(texts, inner, max_size=4)
        | st.builds(Row, texts, inner)
    ),
    max_leaves=8,
)


def same(left, right):
    """Equal in type and value, where every NaN equals itself."""
    if type(left) is not type(right):
        return False
    if isinstance(left, np.ndarray | np.generic):
        return left.dtype == right.dtype and left.shape == right.shape and left.tobytes() == right.tobytes()
    if is_dataclass(left):
        return all(same(getattr(left, field.name), getattr(right, field.name)) for field in fields(left))
    if isinstance(left, tuple):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict):
        return list(left) == list(right) and all(same(left[key], right[key]) for key in left)
    return left == right or (left != left and right != right)


@given(st.lists(st.builds(Anything, st.floats(0, 1), contents), max_size=4))
def test_frames_come_back_exactly(frames):
    back = unpack(pack(frames), TYPES)
    assert len(back) == len(frames)
    assert all(map(same, back, frames))


def test_a_nan_a_negative_zero_and_a_huge_number_come_back():
    frame = Anything(0.5, (float("nan"), -0.0, 10**40, float("-inf"), True, 1, 1.0))
    (back,) = unpack(pack([frame]), TYPES)
    assert same(back, frame)
    assert str(back.content[1]) == "-0.0"


def test_transposed_arrays_come_back_in_shape():
    array = np.arange(6).reshape(2, 3).T
    (back,) = unpack(pack([Anything(0.0, array)]), TYPES)
    np.testing.assert_array_equal(back.content, array)
    assert back.content.flags.writeable


@pytest.mark.parametrize(
    "value",
    [object(), [1], {1: 2}, {"a": {1}}, b"bytes", np.array([object()]), np.array(["text"]), Row, np.datetime64("nat")],
)
def test_what_cannot_come_back_is_refused(value):
    with pytest.raises(TypeError, match="cannot hold"):
        pack([Anything(0.0, value)])


def test_a_type_that_is_not_registered_is_refused():
    with pytest.raises(ValueError, match="not packed frames"):
        unpack(pack([Anything(0.0, Row("a", 1))]), (Anything,))


@given(st.binary(max_size=60))
def test_any_other_bytes_are_refused(data):
    with pytest.raises(ValueError, match="not packed frames"):
        unpack(data, TYPES)


@given(st.data())
def test_half_a_packet_is_refused(data):
    packed = pack([Anything(0.0, (np.arange(5), "text"))])
    end = data.draw(st.integers(0, len(packed) - 1))
    with pytest.raises(ValueError, match="not packed frames"):
        unpack(packed[:end], TYPES)


def test_arrays_of_objects_are_never_read():
    packed = pack([Anything(0.0, np.zeros(1))])
    forged = zlib.compress(zlib.decompress(packed).replace(b"<f8", b"|O8"))
    with pytest.raises(ValueError, match="not packed frames"):
        unpack(forged, TYPES)
