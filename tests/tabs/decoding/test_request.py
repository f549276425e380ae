import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from playground.runtime.links import decode, encode
from playground.tabs.decoding.request import SUGGESTED_DECODERS, DecodingRequest
from playground.ui.handlers import RUNS_BY_ITSELF
from tests.strategies import requests_of

TABS = {"decoding": DecodingRequest}
NUMBERED = st.builds("nucleus-{}".format, st.floats(0.001, 1)) | st.builds("top-k-{}".format, st.integers(1, 100_000))
REQUESTS = requests_of(
    DecodingRequest,
    model=st.sampled_from(["zoo/rnn-tanh-vanilla", "zoo/rnn-lstm-vanilla", "hub/gpt2"]),
    decoders=st.lists(st.sampled_from(SUGGESTED_DECODERS) | NUMBERED, min_size=1, max_size=16).map(tuple),
)
# A link of every version, as it was copied then, and what it has to open for ever.
STORED_LINKS = {
    1: (
        "v=1&tab=decoding&prompt=The+cat&decoders=greedy,nucleus-0.35,st,floor-0.01&length=300&seed=7&loop_stop=on",
        DecodingRequest(
            prompt="The cat",
            model="zoo/rnn-tanh-vanilla",
            decoders=("greedy", "nucleus-0.35", "st", "floor-0.01"),
            length=300,
            seed=7,
            loop_stop=True,
        ),
    )
}


@given(REQUESTS)
def test_a_link_gives_the_request_back(request):
    assert decode(encode(request), TABS).request == request


@pytest.mark.parametrize("version", range(1, DecodingRequest.version + 1))
def test_links_of_every_version_still_open(version):
    link, request = STORED_LINKS[version]
    assert decode(link, TABS).request == request
    assert decode(link, TABS).notes == ()


@given(REQUESTS)
def test_only_embedded_models_run_unasked(request):
    assert request.model.startswith("zoo/") or request.estimate() > RUNS_BY_ITSELF


def test_decoders_are_canonical_and_each_is_kept_once():
    request = DecodingRequest(decoders=("nucleus-0.20", "greedy", "nucleus-0.2"))
    assert request.decoders == ("nucleus-0.2", "greedy")


def test_self_terminating_rows_run_on_the_models_siblings():
    request = DecodingRequest(model="zoo/rnn-lstm-vanilla", decoders=("greedy", "st", "nmst"))
    assert request.row_models() == ("zoo/rnn-lstm-vanilla", "zoo/rnn-lstm-st", "zoo/rnn-lstm-nmst")


def test_a_model_is_leased_once_and_only_where_a_row_needs_it():
    assert DecodingRequest(decoders=("greedy", "ancestral")).models() == ("zoo/rnn-tanh-vanilla",)
    assert DecodingRequest(decoders=("st",)).models() == ("zoo/rnn-tanh-st",)


def test_a_model_without_siblings_refuses_self_terminating_rows():
    with pytest.raises(ValidationError, match="trained to stop"):
        DecodingRequest(model="hub/gpt2", decoders=("greedy", "st"))


@pytest.mark.parametrize(
    "fields",
    [
        {"decoders": ()},
        {"decoders": tuple(f"top-k-{k}" for k in range(1, 18))},
        {"decoders": ("beam-4",)},
        {"length": 0},
        {"length": 1501},
        {"seed": -1},
        {"seed": 2**31},
        {"prompt": "a" * 20_001},
        {"model": "zoo/../secret"},
        {"model": "anything"},
    ],
)
def test_out_of_bounds_is_refused(fields):
    with pytest.raises(ValidationError):
        DecodingRequest(**fields)


def test_steps_travel_together_only_in_long_runs_of_embedded_models():
    assert DecodingRequest(length=256).steps_per_frame() == 1
    assert DecodingRequest(length=1500).steps_per_frame() == 8
    assert DecodingRequest(length=1500, model="hub/gpt2", decoders=("greedy",)).steps_per_frame() == 1


def test_more_work_is_estimated_to_take_longer():
    assert DecodingRequest(length=10).estimate() < DecodingRequest(length=1000).estimate()
