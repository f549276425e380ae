import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from playground.runtime.links import decode, encode
from playground.tabs.decoding.why.request import WhyRequest
from playground.ui.handlers import RUNS_BY_ITSELF
from tests.strategies import requests_of

TABS = {"decoding-why": WhyRequest}
MODELS = ("zoo/rnn-tanh-vanilla", "zoo/rnn-lstm-st", "hub/gpt2")
REQUESTS = requests_of(WhyRequest, probed=st.lists(st.sampled_from(MODELS), min_size=1, max_size=6).map(tuple))
STORED_LINKS = {
    1: (
        "v=1&tab=decoding-why&exhibit=bigram&truncation=nucleus&mass=0.35&temperature=1.5",
        WhyRequest(exhibit="bigram", truncation="nucleus", mass=0.35, temperature=1.5),
    )
}


@settings(max_examples=50)
@given(REQUESTS)
def test_a_link_gives_the_request_back(request):
    assert decode(encode(request), TABS).request == request


@pytest.mark.parametrize("version", range(1, WhyRequest.version + 1))
def test_links_of_every_version_still_open(version):
    link, request = STORED_LINKS[version]
    assert decode(link, TABS).request == request
    assert decode(link, TABS).notes == ()


@settings(max_examples=50)
@given(REQUESTS)
def test_only_embedded_models_run_unasked(request):
    embedded = all(model.startswith("zoo/") for model in request.models())
    assert embedded or request.estimate() > RUNS_BY_ITSELF


def test_a_model_is_leased_once_and_only_by_the_probe():
    twice = ("zoo/rnn-lstm-st", "zoo/rnn-lstm-st")
    assert WhyRequest(probed=twice).models() == ("zoo/rnn-lstm-st",)
    assert WhyRequest(probed=twice, exhibit="bigram").models() == ()


@pytest.mark.parametrize(
    "fields",
    [
        {"exhibit": "other"},
        {"probed": ()},
        {"probed": MODELS * 3},
        {"probed": ("zoo/../secret",)},
        {"repeats": 0},
        {"repeats": 65},
        {"k": 0},
        {"k": 257},
        {"mass": 0},
        {"mass": float("nan")},
        {"temperature": 0},
        {"epsilon": 0},
        {"epsilon": 0.51},
        {"limit": 0},
        {"sentence": "a" * 2001},
    ],
)
def test_out_of_bounds_is_refused(fields):
    with pytest.raises(ValidationError):
        WhyRequest(**fields)
