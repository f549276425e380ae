"""Every sampler, through the Selector, against the exact distribution from its definition in float64."""

import math

import numpy as np
import pytest
import torch
from scipy.optimize import brentq
from scipy.stats import chi2

from playground.tabs.decoding.chains import Moment
from playground.tabs.decoding.selection import Selector
from playground.tabs.decoding.strategies import parse
from playground.tabs.decoding.streams import uniforms

CPU = torch.device("cpu")
EOS, STEP, DRAWS = 2, 3, 4000
HISTORY = [4, 7, 1, 4, 7, 5, 4]
ALPHA = 1e-4
CHAINS = (
    "ancestral",
    "temperature-0.5",
    "top-k-3",
    "consistent-top-k-3",
    "nucleus-0.7",
    "consistent-nucleus-0.5",
    "min-p-0.2",
    "typical-0.6",
    "eta-0.2",
    "epsilon-0.08",
    "top-h-0.5",
    "fixed-entropy-1.5",
    "mirostat-1.5",
    "floor-0.1+ancestral",
    "st-0.1+top-k-4",
    "top-k-6+temperature-2",
    "temperature-2+nucleus-0.6",
    "ancestral+repetition-1.5",
    "presence-0.7+frequency-0.3+top-k-8",
    "ancestral+no-repeat-2",
    "dry-0.8+min-p-0.05",
    "ancestral+min-new-5",
    "ancestral+decay-1-2",
    "xtc-0.12-0.5",
    "top-k-5+xtc-0.12-0.4",
)


def logits_of(seed, size=12):
    return torch.randn(size, generator=torch.Generator().manual_seed(seed)) * 1.5


def normal(p):
    return p / p.sum()


def in_order(p, order, enough):
    """p cut to the shortest beginning of the order for which `enough` of the kept ones holds."""
    for count in range(1, len(p) + 1):
        kept = np.isin(np.arange(len(p)), order[:count])
        if enough(np.where(kept, p, 0)):
            break
    return normal(np.where(kept, p, 0))


def entropy(p):
    p = p[p > 0]
    return -(p * np.log(p)).sum()


def top_k(p, k):
    return in_order(p, (-p).argsort(), lambda kept: (kept > 0).sum() == k)


def nucleus(p, mass):
    return in_order(p, (-p).argsort(), lambda kept: kept.sum() >= mass)


def and_eos(cut):
    def with_eos(p, number):
        kept = cut(p, number) > 0
        kept[EOS] = True
        return normal(np.where(kept, p, 0))

    return with_eos


def typical(p, mass):
    with np.errstate(divide="ignore"):
        order = np.abs(-np.log(p) - entropy(p)).argsort()
    return in_order(p, order, lambda kept: kept.sum() >= mass)


def top_h(p, share):
    order, total = (-p).argsort(), entropy(p)
    reached = (-p * np.log(p))[order].cumsum()
    kept = order[: max(1, (reached <= share * total).sum())]
    return normal(np.where(np.isin(np.arange(len(p)), kept), p, 0))


def fixed_entropy(p, target):
    p = p / p.max()
    return normal(p ** brentq(lambda gamma: entropy(normal(p**gamma)) - target, 1e-6, 1e3))


def xtc(p, threshold, probability):
    choices = np.flatnonzero(p >= threshold)
    dropped = [token for token in choices if token != choices[p[choices].argmin()]] if len(choices) else []
    cut = normal(np.where(np.isin(np.arange(len(p)), dropped), 0, p)) if EOS not in dropped else p
    return probability * cut + (1 - probability) * p


def penalised(p, amounts):
    """p with scores lowered by amounts {token: nats}."""
    scores = np.log(p)
    for token, amount in amounts.items():
        scores[token] -= amount
    return normal(np.exp(scores))


def floor(p, epsilon):
    raised = p * (1 - epsilon) ** (STEP + 1)
    raised[EOS] = 1 - (1 - epsilon) ** (STEP + 1) * (1 - p[EOS])
    return raised


def st_floor(p, epsilon):
    """At a first step: the Selector has seen one distribution alone."""
    raised = p * (1 - epsilon)
    raised[EOS] = 1 - (1 - epsilon) * (1 - p[EOS])
    return raised


def dry(p, multiplier, base, allowed):
    """The history ends in 5 4, and in 4 alone it has come before: followed by 7, twice."""
    return penalised(p, {7: multiplier * base ** (1 - allowed)} if allowed <= 1 else {})


NEW = HISTORY[-STEP:]
NAIVE = {
    "ancestral": lambda p: p,
    "temperature": lambda p, t: normal(p ** (1 / t)),
    "top-k": top_k,
    "consistent-top-k": and_eos(top_k),
    "nucleus": nucleus,
    "consistent-nucleus": and_eos(nucleus),
    "min-p": lambda p, x: normal(np.where(p >= x * p.max(), p, 0)),
    "typical": typical,
    "eta": lambda p, e: normal(np.where(p >= min(e, math.sqrt(e) * math.exp(-entropy(p)), p.max()), p, 0)),
    "epsilon": lambda p, e: normal(np.where(p >= min(e, p.max()), p, 0)),
    "top-h": top_h,
    "fixed-entropy": fixed_entropy,
    "mirostat": lambda p, tau: normal(np.where(-np.log2(p) <= 2 * tau, p, 0)),
    "xtc": xtc,
    "floor": floor,
    "st": st_floor,
    "presence": lambda p, x: penalised(p, dict.fromkeys(NEW, x)),
    "frequency": lambda p, x: penalised(p, {token: x * NEW.count(token) for token in NEW}),
    "no-repeat": lambda p, n: normal(np.where(np.isin(np.arange(len(p)), [7]), 0, p)),  # 4 was followed by 7
    "dry": dry,
    "min-new": lambda p, n: normal(np.where(np.arange(len(p)) == EOS, 0, p)),
}


def exact(name, logits):
    """The distribution (V,) that a strategy draws from, part by part."""
    logits = logits.double().numpy()
    p = normal(np.exp(logits))
    for part in parse(name).parts:
        if part.form == "repetition":  # on the scale of the logits
            (x,) = part.numbers
            p = penalised(p, {v: logits[v] - logits[v] * (x if logits[v] < 0 else 1 / x) for v in HISTORY})
        elif part.form == "decay":
            start, factor = part.numbers
            p = penalised(p, {EOS: -abs(logits[EOS]) * (factor ** (STEP - start) - 1)})
        else:
            p = NAIVE[part.form](p, *part.numbers)
    return p


def chosen(name, logits, rows=DRAWS, seed=1):
    """The choices of many rows of one strategy, which are one group."""
    selector = Selector([parse(name)] * rows, EOS, CPU)
    logits = logits.expand(rows, -1)
    log_p = selector.distribution(logits, STEP)
    moment = Moment(
        STEP,
        logits=logits,
        history=torch.tensor(HISTORY).expand(rows, -1),
        xtc=torch.from_numpy(uniforms(seed, "xtc", rows)),
    )
    return selector.choose(log_p, log_p.exp(), torch.from_numpy(uniforms(seed, name, rows)), moment)


@pytest.mark.parametrize("name", CHAINS)
def test_draws_pass_chi_square_against_the_exact_distribution(name):
    logits = logits_of(5)
    expected = exact(name, logits) * DRAWS
    counts = np.bincount(chosen(name, logits).token.numpy(), minlength=len(expected))
    possible = expected > 1e-9
    assert counts[~possible].sum() == 0
    rare = possible & (expected < 5)  # too few for the test: counted as one
    cells = [(counts[i], expected[i]) for i in np.flatnonzero(possible & ~rare)]
    cells += [(counts[rare].sum(), expected[rare].sum())] if rare.any() else []
    statistic = sum((count - mean) ** 2 / mean for count, mean in cells)
    assert statistic < chi2.isf(ALPHA, max(1, len(cells) - 1))


@pytest.mark.parametrize("name", [name for name in CHAINS if "xtc" not in name])
def test_kept_sets_and_probabilities_equal_the_definition(name):
    for seed in range(20):
        logits = logits_of(seed)
        expected, choice = exact(name, logits), chosen(name, logits, rows=5)
        assert choice.kept_size.tolist() == [(expected > 0).sum()] * 5, seed
        assert choice.eos_kept.tolist() == [expected[EOS] > 0] * 5
        np.testing.assert_allclose(choice.kept_probability, expected[choice.token.numpy()], rtol=1e-5)


def test_mirostat_steers_the_surprise_to_its_target():
    tau, rows = 2.5, 200
    selector = Selector([parse(f"mirostat-{tau}")] * rows, EOS, CPU)
    surprise = []
    for step in range(150):
        logits = torch.randn(rows, 300, generator=torch.Generator().manual_seed(step)) * 2
        log_p = selector.distribution(logits, step)
        choice = selector.choose(log_p, log_p.exp(), torch.from_numpy(uniforms(step, "draws", rows)), Moment(step))
        surprise.append(-choice.kept_probability.log2().mean().item())
    assert np.mean(surprise[-50:]) == pytest.approx(tau, abs=0.05)


def test_rows_that_stay_keep_what_they_remember():
    names = ("mirostat-2", "st-0.1+top-k-3", "mirostat-3", "st-0.2")
    whole = Selector([parse(name) for name in names], EOS, CPU)
    part = Selector([parse(name) for name in names], EOS, CPU)
    numbers = torch.tensor([0.3, 0.6, 0.9], dtype=torch.float64)
    logits = torch.stack([logits_of(seed) for seed in range(4)])
    for selector in (whole, part):
        log_p = selector.distribution(logits, 0)
        selector.choose(log_p, log_p.exp(), numbers, Moment(0))
    part = part.keep([1, 2])
    after, cut = whole.distribution(logits, 1), part.distribution(logits[1:3], 1)
    assert torch.equal(after[1:3], cut)
    one = whole.choose(after, after.exp(), numbers, Moment(1))
    other = part.choose(cut, cut.exp(), numbers[1:], Moment(1))
    assert torch.equal(one.kept_size[1:3], other.kept_size)
    assert torch.equal(one.token[1:3], other.token)
