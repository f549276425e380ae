import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import (
    LogitsProcessorList,
    T5Config,
    T5ForConditionalGeneration,
    TopKLogitsWarper,
    TopPLogitsWarper,
)

from playground.tabs.decoding import processors
from playground.tabs.decoding.entropy import entropy
from playground.tabs.decoding.filters import bound
from playground.tabs.decoding.processors import (
    DRY,
    XTC,
    ConsistentNucleus,
    ConsistentTopK,
    FixedEntropy,
    FrequencyPenalty,
    LoopStop,
    Mirostat,
    NMSTFloor,
    PresencePenalty,
    STFloor,
)

LOGITS = st.lists(st.floats(-9, 9, width=32), min_size=4, max_size=30, unique=True)
PROMPT = torch.tensor([[1, 40, 41], [1, 50, 60]])


@settings(max_examples=50)
@given(LOGITS, st.sampled_from([(ConsistentTopK, TopKLogitsWarper, 2), (ConsistentNucleus, TopPLogitsWarper, 0.3)]))
def test_consistent_sets_are_the_ordinary_ones_and_eos(logits, case):
    ours, theirs, value = case
    scores = torch.tensor([logits])
    expected = theirs(value)(None, scores).isfinite()
    expected[:, 2] = True
    kept = ours(value, eos_token_id=2)(torch.zeros(1, 1), scores)
    assert kept[0, 2] == scores[0, 2]
    assert int((kept.isfinite() ^ expected).sum()) <= 1  # one token may fall to either side by rounding
    assert kept.softmax(-1).sum().item() == pytest.approx(1)


def test_the_nmst_floor_holds_at_every_step():
    floor, scores = NMSTFloor(0.02, 2, prompt_length=3), torch.zeros(1, 300)
    for step in (1, 2, 50):
        ended = floor(torch.zeros(1, 3 + step - 1), scores)[0, 2].exp().item()
        assert ended == pytest.approx(1 - 0.98**step * (1 - 1 / 300), rel=1e-5)


def test_the_st_floor_multiplies_over_the_steps_of_one_generation():
    floor, scores, ids = STFloor(0.02, 2), torch.zeros(1, 300), torch.tensor([[1, 40, 41]])
    for step in range(1, 6):
        ended = floor(ids, scores)[0, 2].exp().item()
        assert ended == pytest.approx(1 - (0.98 * (1 - 1 / 300)) ** step, rel=1e-5)
        ids = torch.cat((ids, torch.tensor([[7]])), dim=1)
    assert floor(PROMPT[:1], scores)[0, 2].exp().item() == pytest.approx(1 - 0.98 * (1 - 1 / 300), rel=1e-5)


def test_the_st_floor_follows_the_rows_of_beam_search():
    floor = STFloor(0.01, 0)
    certain, torn = torch.tensor([[-5.0, 5.0]]), torch.tensor([[0.0, 0.0]])
    floor(torch.tensor([[1], [2]]), torch.cat((certain, torn)))
    ended = floor(torch.tensor([[2, 1], [1, 1]]), torn.repeat(2, 1))[:, 0].exp()
    assert ended[0].item() == pytest.approx(1 - (0.99 / 2) ** 2)
    assert ended[1].item() == pytest.approx(1 - 0.99**2 / 2 * (1 - 1 / (1 + math.exp(10))))


@settings(max_examples=20)
@given(st.lists(st.integers(-9, 9), min_size=4, max_size=30, unique=True), st.floats(0.1, 1.3))
def test_fixed_entropy_has_that_entropy(logits, target):
    raised = FixedEntropy(target)(torch.zeros(1, 1), torch.tensor([logits], dtype=torch.float32))
    assert entropy(raised.double()).item() == pytest.approx(target, abs=1e-5)  # in float32


def test_mirostat_reads_the_token_drawn_from_the_text():
    scores = torch.tensor([[0.5, 0.25, 0.125, 0.125]]).log()
    mirostat = Mirostat(tau=1.0)
    assert mirostat(torch.tensor([[9]]), scores).isfinite().tolist() == [[True, True, False, False]]  # mu = 2 bits
    assert mirostat(torch.tensor([[9, 1]]), scores) is not None
    surprise = -math.log2(0.25 / 0.75)
    assert mirostat.mu.item() == pytest.approx(2 - 0.1 * (surprise - 1))


def test_mirostat_takes_no_notice_of_a_token_it_had_cut():
    scores = torch.tensor([[0.5, 0.25, 0.125, 0.125]]).log()
    mirostat = Mirostat(tau=1.0)
    mirostat(torch.tensor([[9]]), scores)
    mirostat(torch.tensor([[9, 3]]), scores)
    assert mirostat.mu.item() == 2


def test_xtc_fires_at_its_share_of_the_steps():
    scores = torch.tensor([[0.5, 0.3, 0.2]]).log().repeat(4000, 1)
    kept = XTC(threshold=0.25, probability=0.3)(torch.zeros(4000, 1), scores).isfinite()
    assert kept[:, 1:].all()
    assert (~kept[:, 0]).float().mean().item() == pytest.approx(0.3, abs=0.03)


def test_xtc_repeats_itself_from_a_seed():
    scores = torch.tensor([[0.5, 0.3, 0.2]]).log().repeat(50, 1)
    first, second = (XTC(0.25, 0.5, seed=7)(torch.zeros(50, 1), scores) for _ in range(2))
    third = XTC(0.25, 0.5, seed=torch.Generator().manual_seed(7))(torch.zeros(50, 1), scores)
    assert torch.equal(first, second)
    assert torch.equal(first, third)


def test_presence_and_frequency_leave_the_prompt_out():
    ids, scores = torch.tensor([[5, 5, 3, 4, 4]]), torch.zeros(1, 6)
    assert PresencePenalty(0.5, prompt_length=2)(ids, scores).tolist() == [[0, 0, 0, -0.5, -0.5, 0]]
    assert FrequencyPenalty(0.5, prompt_length=2)(ids, scores).tolist() == [[0, 0, 0, -0.5, -1, 0]]


def test_dry_looks_at_its_window_alone():
    ids, scores = torch.tensor([[0, 1, 2, 3, 4, 5, 0, 1]]), torch.zeros(1, 6)
    assert DRY()(ids, scores)[0, 2].item() == pytest.approx(-0.8)
    assert torch.equal(DRY(window=5)(ids, scores), scores)
    assert torch.equal(DRY(breakers=[0])(ids, scores), scores)


def everyone():
    return [
        ConsistentTopK(2, 2),
        ConsistentNucleus(0.2, 2),
        NMSTFloor(0.02, 2, prompt_length=3),
        STFloor(0.02, 2),
        FixedEntropy(2.0),
        Mirostat(3.0),
        DRY(breakers=[0]),
        XTC(0.05, 0.5, protected=[2]),
        PresencePenalty(0.5, prompt_length=3),
        FrequencyPenalty(0.5, prompt_length=3),
    ]


def test_everything_exported_is_tried():
    assert {type(p).__name__ for p in everyone()} | {LoopStop.__name__} == set(processors.__all__)


@pytest.mark.parametrize("processor", everyone(), ids=lambda p: type(p).__name__)
@pytest.mark.parametrize("network", ["gpt2", "rnn", "beams"])
def test_generate_takes_it(network, processor, gpt2, make_rnn):
    model = make_rnn(eos_bias=1.0) if network == "rnn" else gpt2
    sampled = {"do_sample": True, "top_k": 0} if network != "beams" else {"do_sample": False, "num_beams": 3}
    arguments = {"max_new_tokens": 25, "pad_token_id": 0, "output_scores": True, "return_dict_in_generate": True}
    torch.manual_seed(0)
    output = model.generate(PROMPT, logits_processor=LogitsProcessorList([processor]), **sampled, **arguments)
    assert output.sequences.shape[0] == 2
    assert torch.equal(output.sequences[:, :3], PROMPT)
    assert not any(scores.isnan().any() for scores in output.scores)


@pytest.mark.parametrize(
    "processor", [ConsistentTopK(2, 2), ConsistentNucleus(0.2, 2), NMSTFloor(0.02, 2, 3), STFloor(0.02, 2)]
)
def test_what_must_end_ends_in_generate(make_rnn, processor):
    torch.manual_seed(0)
    arguments = {"do_sample": True, "top_k": 0, "max_new_tokens": 400, "pad_token_id": 0}
    model = make_rnn(eos_bias=1.0)
    output = model.generate(PROMPT[:1], logits_processor=LogitsProcessorList([processor]), **arguments)
    assert output[0, -1] == 2


@pytest.fixture(scope="module")
def t5():
    torch.manual_seed(0)
    shape = {"d_model": 16, "d_kv": 8, "d_ff": 16, "num_layers": 1, "num_heads": 2, "vocab_size": 300}
    return T5ForConditionalGeneration(T5Config(**shape, eos_token_id=2, decoder_start_token_id=0)).eval()


@pytest.mark.parametrize("make_floor", [NMSTFloor, lambda epsilon, eos, _: STFloor(epsilon, eos)], ids=["nmst", "st"])
@pytest.mark.parametrize(("network", "prompt_length"), [("gpt2", 3), ("t5", 1)])
@pytest.mark.parametrize("beams", [1, 3])
def test_the_bound_holds_at_every_step_of_generate(request, make_floor, network, prompt_length, beams):
    arguments = {"max_new_tokens": 12, "pad_token_id": 0, "do_sample": False, "num_beams": beams}
    arguments |= {"output_scores": True, "return_dict_in_generate": True}
    floor = LogitsProcessorList([make_floor(0.01, 2, prompt_length)])
    output = request.getfixturevalue(network).generate(PROMPT, logits_processor=floor, **arguments)
    for step, scores in enumerate(output.scores, 1):
        ended = scores.log_softmax(dim=-1)[:, 2].exp()
        assert bool((ended >= bound(step, 0.01) - 1e-6).all())


def test_fixed_entropy_holds_at_every_step_of_generate(gpt2):
    arguments = {"do_sample": True, "top_k": 0, "max_new_tokens": 12, "pad_token_id": 0}
    arguments |= {"output_scores": True, "return_dict_in_generate": True, "eos_token_id": None}
    output = gpt2.generate(PROMPT, logits_processor=LogitsProcessorList([FixedEntropy(2.0)]), **arguments)
    steps = torch.stack([entropy(scores.double()) for scores in output.scores])
    np.testing.assert_allclose(steps.numpy(), 2.0, atol=1e-5)
