import pytest
from hypothesis import given, settings

from playground.runtime.errors import InvalidRequest
from playground.runtime.links import decode, encode
from playground.runtime.results import is_personal
from playground.runtime.sessions import Attachment
from playground.runtime.validation import validate
from playground.tabs.sampling.reconstruct.presets import SCRIBBLE
from playground.tabs.sampling.reconstruct.request import ReconstructRequest
from tests.strategies import requests_of

TABS = {"sampling-reconstruct": ReconstructRequest}
FILE = Attachment(name="me.jpg", size=4, sha256="0" * 64)


@given(requests_of(ReconstructRequest))
@settings(max_examples=40)
def test_every_request_travels_in_a_link_but_for_its_file(asked):
    assert decode(encode(asked), TABS).request == asked.with_(upload=None)


def test_a_drawing_is_remembered_and_a_file_is_not():
    assert not is_personal(ReconstructRequest(source="drawing", sketch=SCRIBBLE))
    assert is_personal(ReconstructRequest(source="upload", upload=FILE))


@pytest.mark.parametrize(
    "fields",
    [
        {"sketch": "<script>"},
        {"sketch": "z9"},
        {"sketch": "a12345"},
        {"sketch": "a" * 1025},
        {"sketch": 3},
        {"number": 0},
        {"number": 49},
        {"number": float("nan")},
        {"source": "camera"},
        {"example": "/etc/passwd"},
        {"sets": ["avatars64"]},
        {"sets": []},
        {"upload": "me.jpg"},
    ],
)
def test_what_cannot_be_asked_is_refused_in_a_sentence(fields):
    with pytest.raises(InvalidRequest):
        validate(ReconstructRequest, fields)


def test_models_are_those_of_the_chosen_sets():
    assert ReconstructRequest(sets=("avatars32",)).models() == ("zoo/nvae-avatars32",)
    assert len(ReconstructRequest().models()) == 13
    assert ReconstructRequest(sets=("fashion28",)).models()[1:3] == ("zoo/ae-fashion28", "zoo/aebn-fashion28")


def test_more_models_take_longer():
    assert ReconstructRequest().estimate() > ReconstructRequest(sets=("avatars32",)).estimate()
