"""Entropy of a distribution, and sampling at a fixed one.

Su Jianlin's entropy normalisation raises the model's distribution to a power, p^gamma, and picks the
power at which the entropy is H* at every step, whatever the model's own was: where the model is too
sure gamma is below one, where it is at a loss gamma is above. The entropy falls as gamma rises,

    H(gamma) = log sum exp(gamma log p) - gamma E[log p],   dH / d log gamma = -gamma^2 Var[log p],

so Newton's method finds it, kept within a bracket that every evaluation narrows, and halving that
bracket where Newton leaves it or is slow.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

LOG_ZERO = -1e4  # log-probabilities from here on down stand for a probability of zero

# Powers that count as zero and as infinite: what is above clear of the best token by 1e-7 is told apart.
_LOWEST, _HIGHEST = 1e-9, 1e9
_OFF = -1e15  # log-probability of what has none: times the lowest power still zero, squared still finite
_MOST_ITERATIONS = 100


def entropy(log_p: Tensor) -> Tensor:
    """The entropy in nats, (R,), of the log-probabilities log_p (R, V), -inf among them."""
    negative: Tensor = torch.linalg.vecdot(log_p.exp(), log_p.clamp(min=LOG_ZERO))
    return -negative


def fixed_entropy(log_p: Tensor, target: Tensor) -> Tensor:
    """Log-probabilities (R, V) proportional to p^gamma, whose entropy is the target; arguments as below."""
    gamma = fixed_entropy_exponent(log_p, target)
    raised = log_p.double() * gamma[:, None]
    return raised.masked_fill(log_p <= LOG_ZERO, -torch.inf).log_softmax(dim=-1).to(log_p.dtype)


def fixed_entropy_exponent(log_p: Tensor, target: Tensor) -> Tensor:
    """The power gamma (R,), float64, at which the entropy of softmax(gamma log_p) is the target, to 1e-6.

    log_p (R, V) need not be normalised; what is at -10,000 or less has no share. target (R,) in nats.
    A target above the logarithm of how many tokens have a share gives 1e-9, which is uniform over
    them; one below the logarithm of how many share the first place gives 1e9, which picks among those.
    """
    target = target.double()
    below_best = log_p.double() - log_p.amax(dim=-1, keepdim=True)
    support, tied = (log_p > LOG_ZERO).sum(dim=-1), (below_best == 0).sum(dim=-1)
    flat, sharp = target >= support.double().log(), target <= tied.double().log()
    x = below_best.masked_fill(log_p <= LOG_ZERO, _OFF)
    gamma = torch.ones_like(target)
    # Rough in float32, which is four times as fast over a large vocabulary, then exact.
    for dtype, tolerance in ((torch.float32, 1e-4), (torch.float64, 1e-7)):
        gamma = _solve(x.to(dtype), target, gamma, tolerance, settled=flat | sharp)
    return torch.where(flat, _LOWEST, torch.where(sharp, _HIGHEST, gamma))


def _solve(x: Tensor, target: Tensor, gamma: Tensor, tolerance: float, settled: Tensor) -> Tensor:
    """Safeguarded Newton in log gamma from `gamma`, for all rows at once; rows that are settled are left alone."""
    square = x.square()
    position = gamma.log()  # (R,)
    low = torch.full_like(position, math.log(_LOWEST))
    high = torch.full_like(position, math.log(_HIGHEST))
    last = torch.full_like(position, torch.inf)
    for _ in range(_MOST_ITERATIONS):
        value, slope = _entropy_and_slope(x, square, position.exp())
        error = value - target
        settled = settled | (error.abs() < tolerance) | (high - low < 1e-14)
        if settled.all():
            break
        low, high = torch.where(error > 0, position, low), torch.where(error < 0, position, high)
        newton = position - error / slope
        trusted = (newton > low) & (newton < high) & (error.abs() < 0.5 * last)
        position = torch.where(settled, position, torch.where(trusted, newton, (low + high) / 2))
        last = error.abs()
    return position.exp()


def _entropy_and_slope(x: Tensor, square: Tensor, gamma: Tensor) -> tuple[Tensor, Tensor]:
    """H and dH / d log gamma, both (R,) float64, of softmax(gamma x); x (R, V) is at most 0 and 0 somewhere."""
    weight = (x * gamma[:, None].to(x.dtype)).exp_()
    total = weight.sum(dim=-1).double()  # (R,)
    mean = torch.linalg.vecdot(weight, x).double() / total
    variance = torch.linalg.vecdot(weight, square).double() / total - mean.square()
    return total.log() - gamma * mean, -gamma.square() * variance
