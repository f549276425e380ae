from __future__ import annotations

import pytest
from pydantic import ValidationError

from playground.runtime.links import decode, encode
from playground.tabs.decoding.measure.request import MeasureRequest


def test_a_link_brings_a_measurement_back():
    asked = MeasureRequest(decoders=("greedy", "st", "beam-2"), prefixes=300, source="random-token", certificate=False)
    assert decode(encode(asked), {"decoding-measure": MeasureRequest}).request == asked


def test_decoders_stand_under_their_canonical_names_once():
    assert MeasureRequest(decoders=("Greedy", "greedy", "top-k-4")).decoders == ("greedy", "top-k-4")


def test_a_model_without_siblings_has_no_trained_variants():
    with pytest.raises(ValidationError, match="no variant trained to stop"):
        MeasureRequest(model="hub/gpt2", decoders=("st",))


@pytest.mark.parametrize("count", [99, 2001, 0, -1])
def test_prefixes_are_bounded(count):
    with pytest.raises(ValidationError):
        MeasureRequest(prefixes=count)


def test_searches_and_other_models_take_longer():
    plain = MeasureRequest()
    assert plain.with_(decoders=("beam-4",)).estimate() > plain.estimate()
    assert plain.with_(model="hub/gpt2").estimate() > 20 * plain.estimate()


def test_st_runs_on_the_sibling():
    assert MeasureRequest(decoders=("greedy", "st")).models() == ("zoo/rnn-tanh-vanilla", "zoo/rnn-tanh-st")
