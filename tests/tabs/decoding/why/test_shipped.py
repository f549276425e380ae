"""The embedded models through the panel: what its claims say of them holds."""

from types import SimpleNamespace

import pytest

from playground.runtime.registry import registry
from playground.tabs.decoding.why import engine
from playground.tabs.decoding.why.bounds import lower_bound
from playground.tabs.decoding.why.tab import MEASURES, PRESETS
from playground.tabs.decoding.why.trace import Trace


def run(request) -> Trace:
    trace = Trace()
    for frame in engine.run(request, SimpleNamespace(lease=registry().lease, cancelled=False)):
        trace.fold(frame)
    return trace


def test_the_sentence_of_the_first_preset_reinforces_itself_as_claimed():
    trace = run(PRESETS[0].request)
    assert MEASURES["sentence-reinforces-itself"].read(trace) == "rnn-tanh-vanilla: × 2.63; rnn-lstm-vanilla: × 24.5"
    p_eos = [step.p_eos[0] for step in trace.steps]
    assert p_eos[-1] < p_eos[0] / 3


def test_only_the_self_terminating_models_become_likelier_to_end():
    trace = run(PRESETS[1].request)
    last = dict(zip(trace.start.models[::2], trace.steps[-1].p_eos[::2], strict=True))
    epsilon, length = 1e-3, len(trace.start.tokens[0])
    bound = lower_bound(epsilon, (trace.start.repeats - 1) * length + 1)
    assert last["zoo/rnn-lstm-vanilla"] < 0.1 < bound
    assert min(last["zoo/rnn-lstm-st"], last["zoo/rnn-lstm-nmst"]) >= bound * (1 - 1e-4)


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.title)
def test_every_preset_gives_a_table(preset):
    assert run(preset.request).rows()
