import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from transformers import (
    EpsilonLogitsWarper,
    EtaLogitsWarper,
    MinPLogitsWarper,
    TopHLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
    TypicalLogitsWarper,
)

from playground.tabs.decoding.filters import (
    bound,
    keep_epsilon,
    keep_eta,
    keep_min_p,
    keep_nucleus,
    keep_top_h,
    keep_top_k,
    keep_typical,
    keep_xtc,
    nmst_floor,
    st_floor,
)

LOGITS = st.lists(st.floats(-12, 12, width=32), min_size=2, max_size=40)
# Steps of one half make ties, as half-precision logits do.
FINE_LOGITS = st.lists(st.integers(-768, 768).map(lambda i: i / 64), min_size=2, max_size=40)  # equal or clearly not
COARSE_LOGITS = st.lists(st.integers(-6, 6).map(lambda i: i / 2), min_size=2, max_size=40)


def naive_nucleus_size(logits, mass, clear=1e-5):
    """How many tokens it takes in order of probability, in float64; None where rounding decides."""
    p = np.exp(np.array(logits, dtype=np.float64))
    reached = np.cumsum(np.sort(p / p.sum())[::-1])
    if np.abs(reached - mass).min() < clear:
        return None
    return int((reached < mass).sum()) + 1


@given(st.one_of(LOGITS, COARSE_LOGITS), st.integers(1, 50))
def test_top_k_keeps_what_transformers_keeps(logits, k):
    scores = torch.tensor([logits], dtype=torch.float32)
    expected = TopKLogitsWarper(k)(None, scores).isfinite()
    assert torch.equal(keep_top_k(scores, torch.tensor([k])), expected)


@given(st.one_of(LOGITS, COARSE_LOGITS), st.floats(0.01, 0.999))
def test_nucleus_keeps_what_transformers_keeps(logits, mass):
    scores = torch.tensor([logits], dtype=torch.float32)
    assume(naive_nucleus_size(logits, mass))
    expected = TopPLogitsWarper(mass)(None, scores).isfinite()
    kept = keep_nucleus(scores.log_softmax(-1), torch.tensor([mass], dtype=torch.float64))
    # Rounding in log_softmax can make two probabilities equal that were not: compare probabilities, not ids.
    assert torch.allclose(scores[kept].sort().values, scores[expected].sort().values, atol=1e-5)


@given(LOGITS, st.floats(0.01, 0.999))
def test_nucleus_is_the_smallest_set_that_reaches_the_mass(logits, mass):
    size = naive_nucleus_size(logits, mass)
    assume(size)
    kept = keep_nucleus(torch.tensor([logits]).log_softmax(-1), torch.tensor([mass], dtype=torch.float64))
    assert int(kept.sum()) == size


def test_of_equal_tokens_at_the_edge_transformers_choice_stays():
    scores = torch.zeros(1, 10)
    kept = keep_nucleus(scores.log_softmax(-1), torch.tensor([0.45], dtype=torch.float64))
    assert torch.equal(kept, TopPLogitsWarper(0.45)(None, scores).isfinite())


@pytest.mark.parametrize("width", [0.05, 0.3, 1.0, 4.0])
def test_large_vocabularies_agree_with_a_full_sort(width):
    """From flat, which needs the full sort, to peaked, where a short one does."""
    torch.manual_seed(0)
    scores = torch.randn(6, 3000) * width
    mass = torch.tensor([0.1, 0.2, 0.5, 0.8, 0.9, 0.99], dtype=torch.float64)
    kept = keep_nucleus(scores.log_softmax(-1), mass)
    for row in range(6):
        assert int(kept[row].sum()) == naive_nucleus_size(scores[row].tolist(), float(mass[row]), clear=1e-8)


@pytest.mark.parametrize(
    "keep", [keep_nucleus, keep_typical, keep_min_p, keep_epsilon, keep_eta, keep_top_h], ids=lambda f: f.__name__
)
def test_rows_are_filtered_apart(keep):
    torch.manual_seed(0)
    log_p = torch.randn(5, 2000).mul(torch.tensor([[0.1], [1], [3], [5], [2]])).log_softmax(-1)
    parameter = torch.tensor([0.2, 0.9, 0.05, 1.0, 0.5], dtype=torch.float64)
    for row in range(5):
        alone = slice(row, row + 1)
        assert torch.equal(keep(log_p, parameter)[alone], keep(log_p[alone], parameter[alone]))


def test_rows_have_a_k_of_their_own():
    torch.manual_seed(0)
    log_p, k = torch.randn(5, 2000).log_softmax(-1), torch.tensor([1, 7, 2000, 4000, 3])
    assert keep_top_k(log_p, k).sum(dim=-1).tolist() == [1, 7, 2000, 2000, 3]


def float64(logits):
    scores = np.array(logits, dtype=np.float64)
    p = np.exp(scores - scores.max())
    p /= p.sum()
    return p, float(-(p * np.log(p)).sum())


def naive_threshold(p, threshold):
    """The tokens at the threshold or above, and the best; and whether rounding may decide about one."""
    return (p >= threshold) | (p == p.max()), np.abs(p / threshold - 1).min() > 1e-4


def naive_typical(p, entropy, mass):
    distance = np.abs(-np.log(p) - entropy)
    order = np.argsort(distance, kind="stable")
    reached = np.cumsum(p[order])
    last = distance[order[min((reached < mass).sum(), len(p) - 1)]]
    gaps = np.abs(distance - last)
    clear = np.abs(reached - mass).min() > 1e-5 and gaps[gaps > 1e-12].min(initial=1) > 1e-4
    return distance <= last + 1e-12, clear


def naive_top_h(p, entropy, share):
    order = np.argsort(-p, kind="stable")
    reached = np.cumsum(-p[order] * np.log(p[order]))
    kept = np.zeros(len(p), dtype=bool)
    kept[order[reached <= share * entropy]] = True
    kept[order[0]] = True
    return kept, np.abs(reached - share * entropy).min() > 1e-5


DEFINITIONS = [
    (keep_min_p, MinPLogitsWarper, lambda p, entropy, x: naive_threshold(p, x * p.max())),
    (keep_epsilon, EpsilonLogitsWarper, lambda p, entropy, x: naive_threshold(p, x)),
    (keep_eta, EtaLogitsWarper, lambda p, entropy, x: naive_threshold(p, min(x, x**0.5 * np.exp(-entropy)))),
    (keep_typical, TypicalLogitsWarper, naive_typical),
    (keep_top_h, TopHLogitsWarper, naive_top_h),
]


@pytest.mark.parametrize(("keep", "warper", "definition"), DEFINITIONS, ids=lambda part: getattr(part, "__name__", ""))
@settings(max_examples=40)
@given(logits=FINE_LOGITS, value=st.floats(0.001, 0.98))
def test_kept_sets_are_their_definitions_and_transformers(keep, warper, definition, logits, value):
    expected, clear = definition(*float64(logits), value)
    assume(clear)
    scores = torch.tensor([logits], dtype=torch.float32)
    kept = keep(scores.log_softmax(-1), torch.tensor([value], dtype=torch.float64))
    for other in (torch.tensor(expected[None]), warper(value)(None, scores).isfinite()):
        # Of equal probabilities at the edge any may stay: compare probabilities, not ids.
        assert torch.equal(scores[kept].sort().values, scores[other].sort().values)


@pytest.mark.parametrize(
    ("keep", "warper"),
    [row[:2] for row in DEFINITIONS if row[1] is not TypicalLogitsWarper],
    ids=lambda part: part.__name__,
)
@settings(max_examples=25)
@given(logits=COARSE_LOGITS)
def test_ties_stay_as_in_transformers(keep, warper, logits):
    """At one third no threshold falls on a token whose logits are whole halves."""
    scores = torch.tensor([logits], dtype=torch.float32)
    kept = keep(scores.log_softmax(-1), torch.tensor([1 / 3], dtype=torch.float64))
    assert int(kept.sum()) == int(warper(1 / 3)(None, scores).isfinite().sum())


def test_tokens_as_typical_as_the_last_one_stay():
    log_p = torch.tensor([[0.25, 0.25, 0.25, 0.25]]).log()
    assert keep_typical(log_p, torch.tensor([0.3], dtype=torch.float64)).all()


@pytest.mark.parametrize("width", [0.05, 1.0, 4.0])
def test_typical_sets_in_large_vocabularies_agree_with_a_full_sort(width):
    torch.manual_seed(0)
    log_p = (torch.randn(4, 6000, dtype=torch.float64) * width).log_softmax(-1)
    mass = torch.tensor([0.05, 0.3, 0.9, 0.999], dtype=torch.float64)
    kept = keep_typical(log_p, mass)
    for row in range(4):
        expected, _ = naive_typical(*float64(log_p[row].tolist()), float(mass[row]))
        assert kept[row].tolist() == expected.tolist()


def naive_xtc(p, threshold, protected):
    choices = [i for i in range(len(p)) if p[i] >= threshold]
    dropped = set(choices) - ({min(choices, key=lambda i: (p[i], i))} if choices else set())
    return [i not in dropped for i in range(len(p))] if not dropped & set(protected) else [True] * len(p)


@given(
    st.one_of(LOGITS, COARSE_LOGITS),
    st.sampled_from([0.02, 0.1, 0.3]),
    st.booleans(),
    st.lists(st.integers(0, 1), max_size=2),
)
def test_xtc_is_its_naive_reference(logits, threshold, fires, protected):
    log_p = torch.tensor([logits], dtype=torch.float64).log_softmax(-1)
    p = log_p.exp()[0].tolist()
    assume(min(abs(x / threshold - 1) for x in p) > 1e-6)
    kept = keep_xtc(log_p, torch.tensor([threshold]), torch.tensor([fires]), protected)
    assert kept[0].tolist() == (naive_xtc(p, threshold, protected) if fires else [True] * len(p))


def test_xtc_leaves_a_step_alone_where_eos_would_go():
    log_p = torch.tensor([[0.5, 0.3, 0.2], [0.2, 0.5, 0.3]]).log()
    kept = keep_xtc(log_p, torch.tensor([0.25, 0.25]), torch.tensor([True, True]), protected=(0,))
    assert kept.tolist() == [[True, True, True], [True, False, True]]


@given(LOGITS, st.integers(1, 2000), st.floats(1e-6, 0.5))
def test_the_floor_is_its_definition(logits, step, epsilon):
    log_p = torch.tensor([logits], dtype=torch.float64).log_softmax(-1)
    p, f = log_p.exp()[0].numpy(), 1 - (1 - epsilon) ** step
    expected = (1 - f) * p
    expected[0] = f + (1 - f) * p[0]
    floored = nmst_floor(log_p, torch.tensor([step]), torch.tensor([epsilon], dtype=torch.float64), eos=0)
    np.testing.assert_allclose(floored.exp()[0].numpy(), expected, rtol=1e-6, atol=1e-12)


@given(LOGITS, st.integers(1, 2000))
def test_the_floor_keeps_the_order_of_the_other_tokens(logits, step):
    log_p = torch.tensor([logits]).log_softmax(-1)
    floored = nmst_floor(log_p, torch.tensor([step]), torch.tensor([0.01]), eos=0)
    order = log_p[0, 1:].argsort(stable=True)
    assert bool((floored[0, 1:][order].diff() >= 0).all())


@given(LOGITS, st.lists(st.floats(-9, 9), min_size=1, max_size=8), st.floats(1e-6, 0.5))
def test_the_st_floor_is_its_definition(logits, eos_logits, epsilon):
    carried, product = torch.zeros(1, dtype=torch.float64), 1.0
    rate = torch.tensor([epsilon], dtype=torch.float64)
    for eos_logit in eos_logits:
        log_p = torch.tensor([[eos_logit, *logits]], dtype=torch.float64).log_softmax(-1)
        floored, carried = st_floor(log_p, carried, rate, eos=0)
        p = log_p.exp()[0].numpy()
        product *= (1 - epsilon) * (1 - p[0])
        expected = p * product / (1 - p[0])
        expected[0] = 1 - product
        np.testing.assert_allclose(floored.exp()[0].numpy(), expected, rtol=1e-6, atol=1e-12)
        np.testing.assert_allclose(floored.exp().sum(), 1, rtol=1e-9)


@given(LOGITS, st.floats(1e-6, 0.5))
def test_the_st_floor_never_falls_and_keeps_the_order_of_the_others(logits, epsilon):
    log_p = torch.tensor([logits]).log_softmax(-1)
    carried, last, order = torch.zeros(1), 0.0, log_p[0, 1:].argsort(stable=True)
    for _ in range(5):
        floored, carried = st_floor(log_p, carried, torch.tensor([epsilon]), eos=0)
        assert float(floored[0, 0].exp()) >= last
        assert bool((floored[0, 1:][order].diff() >= 0).all())
        last = float(floored[0, 0].exp())


def test_the_bound_reaches_one_half_where_greedy_must_stop():
    """ln 2 / -ln(1 - epsilon) steps: 69 for 0.01, 693 for 0.001."""
    assert bound(68, 0.01) < 0.5 < bound(69, 0.01)
    assert bound(692, 0.001) < 0.5 < bound(693, 0.001)
