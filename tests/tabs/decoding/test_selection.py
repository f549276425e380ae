from collections import Counter

import pytest
import torch

from playground.tabs.decoding.selection import Selector, draw, kind
from playground.tabs.decoding.strategies import parse
from playground.tabs.decoding.streams import uniforms

CPU = torch.device("cpu")
NAMES = ("greedy", "floor-0.1", "ancestral", "temperature-0.5", "top-k-3", "consistent-top-k-3", "nucleus-0.4")
ALL = sorted(map(parse, (*NAMES, "consistent-nucleus-0.4", "top-k-1", "nucleus-0.8")), key=kind)


def chosen(strategies, log_p, numbers, eos=2):
    selector = Selector(strategies, eos, CPU)
    distribution = selector.distribution(log_p, step=4)
    draws = torch.tensor([u for s, u in zip(strategies, numbers, strict=True) if s.samples], dtype=torch.float64)
    return selector.choose(distribution, distribution.exp(), draws)


def test_draws_follow_the_weights():
    weight = torch.tensor([0.1, 0.0, 0.3, 0.05, 0.0, 0.35])
    draws = torch.from_numpy(uniforms(3, "ancestral", 16_000))
    tokens, chance = draw(weight.expand(len(draws), -1), draws)
    counts = Counter(tokens.tolist())
    expected = {token: float(weight[token] / weight.sum()) * len(draws) for token in (0, 2, 3, 5)}
    assert set(counts) == set(expected)
    chi_square = sum((counts[token] - mean) ** 2 / mean for token, mean in expected.items())
    assert chi_square < 16.3  # 3 degrees of freedom, p = 0.001
    torch.testing.assert_close(chance, (weight[tokens] / weight.sum()).double())


@pytest.mark.parametrize("number", [0.0, 1 - 2**-53])
def test_the_ends_of_the_unit_interval_never_draw_a_token_of_no_weight(number):
    weight = torch.tensor([[0.0, 0.2, 0.0, 0.1, 0.0]])
    token, _ = draw(weight, torch.tensor([number], dtype=torch.float64))
    assert token.item() == (1 if number == 0 else 3)


def test_a_row_chooses_alike_in_any_company():
    torch.manual_seed(0)
    log_p, numbers = torch.randn(len(ALL), 50) * 3, torch.rand(len(ALL)).tolist()
    together = chosen(ALL, log_p, numbers)
    for row, strategy in enumerate(ALL):
        alone = chosen([strategy], log_p[row : row + 1], numbers[row : row + 1])
        for name in ("token", "kept_probability", "kept_size", "eos_kept"):
            assert getattr(alone, name)[0] == getattr(together, name)[row], (strategy.name, name)


def naive(strategy, logits, number, eos):
    """Token, its kept probability, the size of the kept set and whether <eos> is in it, in float64."""
    p = logits.double().softmax(-1)
    if strategy.floor:
        f = 1 - (1 - strategy.floor) ** 5
        p = p * (1 - f)
        p[eos] += f
    if not strategy.samples:
        token = int(p.argmax())
        return token, 1.0, 1, token == eos
    if strategy.has("temperature"):
        p = (p.log() / strategy.numbers("temperature")[0]).softmax(-1)
    order = p.argsort(descending=True)
    kept = set(order.tolist())
    if strategy.has("top-k", "consistent-top-k"):
        kept = set(order[: int(strategy.parts[-1].numbers[0])].tolist())
    if strategy.has("nucleus", "consistent-nucleus"):
        before = p[order].cumsum(0) - p[order]
        kept = set(order[before < strategy.parts[-1].numbers[0]].tolist())
    if strategy.has("consistent-top-k", "consistent-nucleus"):
        kept.add(eos)
    total, reached = sum(float(p[i]) for i in kept), 0.0
    for token in sorted(kept):
        reached += float(p[token])
        if reached > number * total:
            return token, float(p[token]) / total, len(kept), eos in kept
    raise AssertionError("nothing drawn")


@pytest.mark.parametrize("seed", range(20))
def test_choices_equal_the_naive_definition(seed):
    torch.manual_seed(seed)
    logits, numbers = torch.randn(len(ALL), 30) * 2, torch.rand(len(ALL)).tolist()
    choice = chosen(ALL, logits, numbers)
    for row, strategy in enumerate(ALL):
        token, probability, size, eos_kept = naive(strategy, logits[row], numbers[row], eos=2)
        assert choice.token[row] == token, strategy.name
        assert choice.kept_probability[row].item() == pytest.approx(probability, rel=1e-5)
        assert choice.kept_size[row] == size
        assert choice.eos_kept[row] == eos_kept


def test_without_eos_nothing_is_added_or_floored():
    logits = torch.tensor([[0.0, 5.0, 1.0]]).expand(2, -1)
    strategies = sorted(map(parse, ("floor-0.5", "consistent-top-k-1")), key=kind)
    choice = chosen(strategies, logits, [0.5, 0.5], eos=None)
    assert choice.token.tolist() == [1, 1]
    assert not choice.eos_kept.any()
    assert choice.kept_size.tolist() == [1, 1]


def test_forbidden_tokens_stay_finite_and_are_never_drawn():
    logits = torch.tensor([[0.0, -torch.inf, 1.0]]).expand(1, -1)
    selector = Selector([parse("ancestral")], 2, CPU)
    log_p = selector.distribution(logits, 0)
    assert log_p.isfinite().all()
    tokens = {selector.choose(log_p, log_p.exp(), torch.tensor([u])).token.item() for u in uniforms(0, "x", 50)}
    assert tokens == {0, 2}
