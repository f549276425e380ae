import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from playground.runtime.errors import InvalidRequest
from playground.runtime.links import decode, encode
from playground.runtime.validation import validate
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
        {"decoders": ("greedy-4",)},
        {"branch": ("0:3:7",) * 21},
        {"branch": ("0:3",)},
        {"branch": ("0:3:-1",)},
        {"branch": ("16:3:7",)},
        {"inspect": "0:1500"},
        {"inspect": "0"},
        {"color": "red"},
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


def test_a_link_writes_places_as_numbers_side_by_side():
    request = DecodingRequest(branch=("3:17:2041", "0:2:5"), inspect="3:17", color="entropy")
    link = encode(request)
    assert link == "v=1&tab=decoding&branch.0=3:17:2041&branch.1=0:2:5&inspect=3:17&color=entropy"
    assert decode(link, TABS).request == request


def test_a_place_may_be_written_as_text_or_as_fields():
    written = DecodingRequest(branch=[{"row": 1, "step": 2, "token": 3}], inspect={"row": 4, "step": 5})
    assert written == DecodingRequest(branch=("1:2:3",), inspect="4:5")


@pytest.mark.parametrize("place", ["0:1:x", "0:1", "0:1:2:3", "٣:1:2", "0:1:-2", "", "0:1:2041e9"])
def test_a_place_that_cannot_be_read_is_explained(place):
    with pytest.raises(InvalidRequest, match="row:step:token"):
        validate(DecodingRequest, {"branch": [place]})


def test_color_and_curve_are_matters_of_the_view_alone():
    assert DecodingRequest.view_fields() == {"color", "curve"}


SEARCHES = tuple(f"beam-16+min-new-{n}" for n in range(1, 17))


def test_a_recurrent_model_has_room_for_sixteen_beams_of_sixteen():
    assert sum(strategy.width for strategy in DecodingRequest(decoders=SEARCHES).strategies()) == 256


def test_a_model_that_remembers_every_token_has_room_for_less():
    other = {"model": "zoo/gpt2-dialogue-zh"}
    assert len(validate(DecodingRequest, other | {"decoders": SEARCHES[:4]}).decoders) == 4
    with pytest.raises(InvalidRequest, match="keep 65 texts at once and this model has room for 64"):
        validate(DecodingRequest, other | {"decoders": (*SEARCHES[:4], "greedy")})


def test_every_suggestion_is_a_canonical_name():
    assert all(DecodingRequest(decoders=(name,)).decoders == (name,) for name in SUGGESTED_DECODERS)


def test_rows_of_a_model_outside_the_family_all_run_on_it():
    request = DecodingRequest(model="zoo/seq2seq-classical-modern", decoders=("greedy", "beam-4", "st-0.001"))
    assert request.row_models() == ("zoo/seq2seq-classical-modern",) * 3


def test_steps_travel_together_only_in_long_runs_of_embedded_models():
    assert DecodingRequest(length=256).steps_per_frame() == 1
    assert DecodingRequest(length=1500).steps_per_frame() == 8
    assert DecodingRequest(length=1500, model="hub/gpt2", decoders=("greedy",)).steps_per_frame() == 1


@pytest.mark.parametrize(
    "more",
    [
        {"length": 1000},
        {"decoders": ("beam-16",)},
        {"decoders": ("contrastive-2-0.6",)},
        {"model": "zoo/seq2seq-classical-modern"},
        {"branch": ("0:50:1",)},
    ],
)
def test_more_work_is_estimated_to_take_longer(more):
    little = {"length": 60, "decoders": ("greedy",)}
    assert DecodingRequest(**little).estimate() < DecodingRequest(**little | more).estimate()


def test_the_first_view_runs_unasked():
    assert DecodingRequest().estimate() < RUNS_BY_ITSELF
