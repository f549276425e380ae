import pytest
from pydantic import ValidationError

from playground.tabs.decoding.request import DecodingRequest


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
