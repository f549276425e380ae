from __future__ import annotations

import pytest

from playground.runtime.errors import InvalidRequest
from playground.runtime.sessions import Attachment
from playground.tabs.collapse.data import load
from playground.tabs.collapse.request import CollapseRequest
from tests.tabs.collapse.zips import packed, two_classes

ZIP = Attachment(name="pets.zip", size=1, sha256="0" * 64)


def _nothing() -> bytes:
    raise AssertionError("no file was asked for")


@pytest.mark.parametrize(
    ("name", "shape"),
    [("nuisance-64", (64,)), ("rings", (2,)), ("fashion-mnist", (1, 28, 28)), ("pixel-art", (3, 16, 16))],
)
def test_every_data_set_has_inputs_and_a_probe_of_one_shape(name, shape):
    data = load(CollapseRequest(data=name, batch=512), _nothing)
    assert data.inputs.shape[1:] == data.probe.shape[1:] == shape
    assert len(data.probe) == len(data.labels) <= 512
    assert data.is_image == (len(shape) == 3)
    assert 0 <= data.labels.min() <= data.labels.max() < len(data.classes)


def test_drawn_points_take_the_place_of_the_rings():
    drawn = load(CollapseRequest(data="rings", points=((0, 0), (50, 0), (0, 50))), _nothing)
    assert drawn.classes == ("your points",)


def test_an_uploaded_zip_is_unpacked():
    request = CollapseRequest(data="upload", images=ZIP, batch=16)
    assert load(request, lambda: packed(two_classes())).classes == ("cats", "dogs")


def test_an_upload_without_a_file_is_a_sentence():
    with pytest.raises(InvalidRequest, match="Upload a zip"):
        load(CollapseRequest(data="upload"), _nothing)


def test_a_batch_larger_than_the_data_is_a_sentence_with_the_largest_one():
    with pytest.raises(InvalidRequest, match="at most 80"):
        load(CollapseRequest(data="upload", images=ZIP, batch=128), lambda: packed(two_classes(100)))
