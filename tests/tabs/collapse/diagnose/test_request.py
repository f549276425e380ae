import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from playground.runtime.links import decode, encode
from playground.tabs.collapse.diagnose.request import MOST_PASTED, DiagnoseRequest
from tests.strategies import requests_of

TABS = {"collapse-diagnose": DiagnoseRequest}
PUBLIC = requests_of(
    DiagnoseRequest,
    **{name: st.none() for name in ("embeddings", "labels", "second")},
    **{name: st.just("") for name in ("pasted", "pasted_labels")},
)
STORED_LINKS = {
    1: (
        "v=1&tab=collapse-diagnose&example=one-direction&batch_norm=on&seed=3",
        DiagnoseRequest(example="one-direction", batch_norm=True, seed=3),
    )
}


@settings(max_examples=50)
@given(PUBLIC)
def test_a_link_gives_the_request_back(request):
    assert decode(encode(request), TABS).request == request


@pytest.mark.parametrize("version", range(1, DiagnoseRequest.version + 1))
def test_links_of_every_version_still_open(version):
    link, request = STORED_LINKS[version]
    assert decode(link, TABS).request == request
    assert decode(link, TABS).notes == ()


def test_what_is_pasted_enters_no_link():
    assert "1.25" not in encode(DiagnoseRequest(pasted="1.25,2\n3,4", pasted_labels="1.25"))


def test_a_request_with_outputs_of_its_own_says_so():
    assert not DiagnoseRequest(pasted="  \n").is_own()
    assert DiagnoseRequest(pasted="1,2").is_own()


@pytest.mark.parametrize(
    "fields",
    [{"example": "other"}, {"loss": -1.1}, {"loss": float("nan")}, {"pasted": "1" * (MOST_PASTED + 1)}, {"seed": -1}],
)
def test_out_of_bounds_is_refused(fields):
    with pytest.raises(ValidationError):
        DiagnoseRequest(**fields)
