"""How much a bigram decoder repeats itself and whether it stops, in closed form.

From a token w, let the next k steps lead back to w and then be taken once more: the chance is the
sum over closed paths of their squared probability. Over all w and k that makes the mass

    R = sum_k Tr((P o P)^k) = sum_i lambda_i / (1 - lambda_i),

with o the elementwise product and lambda_i the eigenvalues of P o P. R is infinite where a closed
cycle has probability one. Matrices P are (n, n), token to next token; what a row lacks to one is
the probability of <eos>.

Linear algebra is torch's: its threads follow the process's settings, where numpy's own spin, which on
busy cores takes many times as long.

Su Jianlin 2021, kexue.fm/archives/8128, on Fu et al., AAAI 2021, arXiv 2012.14660.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import torch

Floats = npt.NDArray[np.float64]

CERTAIN = 1 - 1e-12


def repetition(p: Floats) -> float:
    """R of a transition matrix; infinite where a cycle has probability one."""
    if certain_cycles(p):
        return math.inf
    square = p * p
    # sum_k Q^k = (I - Q)^-1 Q, whose trace is the sum over eigenvalues, at a fraction of the cost.
    return float(np.trace(_solve(np.eye(len(p)) - square, square)))


def eigenvalues(p: Floats) -> npt.NDArray[np.complex128]:
    """The eigenvalues (n,) of P o P, those of largest modulus first."""
    values = _eigenvalues(p * p)
    return values[np.argsort(-np.abs(values), kind="stable")]


def lower_estimate(p: Floats) -> float:
    """Su's lower estimate sum_k (Tr P^k)^2 / (zeta n)^k, infinite where it does not converge.

    By Cauchy-Schwarz R is at least sum_k (Tr P^k)^2 / N_k with N_k closed paths of length k. zeta n is the
    mean number of next tokens left, and N_k = (zeta n)^k if the cut leaves all of them the same chance to stay.
    """
    values = _eigenvalues(p)
    ratios = np.outer(values, values) / max(remaining(p) * len(p), 1e-300)
    if np.abs(ratios).max(initial=0.0) >= CERTAIN:
        return math.inf
    return float(np.real((ratios / (1 - ratios)).sum()))


def remaining(p: Floats) -> float:
    """zeta, the share of transitions that the cut left possible."""
    return float((p > 0).mean())


def row_maximum(p: Floats) -> float:
    """max_i sum_j P_ij^2, which no eigenvalue of P o P exceeds: flat rows repeat little."""
    return float((p * p).sum(axis=1).max())


def certain_cycles(p: Floats) -> list[list[int]]:
    """The closed cycles of probability one, each from its smallest token."""
    next_of = {int(i): int(j) for i, j in zip(*np.nonzero(p >= CERTAIN), strict=True)}
    cycles, seen = [], set[int]()
    for start in sorted(next_of):
        path: list[int] = []
        token = start
        while token in next_of and token not in seen:
            seen.add(token)
            path.append(token)
            token = next_of[token]
        if token in path:
            cycles.append(_from_smallest(path[path.index(token) :]))
    return cycles


def _from_smallest(cycle: list[int]) -> list[int]:
    first = cycle.index(min(cycle))
    return cycle[first:] + cycle[:first]


def never_stops(p: Floats, start: Floats) -> float:
    """The probability, from a start distribution (n,), that a text never ends.

    Tokens from which <eos> cannot be reached are lost; from the others the text ends or is lost.
    """
    stopping = np.clip(1 - p.sum(axis=1), 0.0, None)  # (n,)
    hopeful = _reaching(p, stopping > 1 - CERTAIN)
    ends = np.zeros(len(p))
    inner = p[np.ix_(hopeful, hopeful)]
    ends[hopeful] = _solve(np.eye(len(inner)) - inner, stopping[hopeful])
    return float(np.clip(1 - start @ ends / start.sum(), 0.0, 1.0))


def _reaching(p: Floats, goal: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """The tokens (n,) from which some path leads to the goal (n,)."""
    reached = goal.copy()
    for _ in range(len(p)):
        grown = reached | (p[:, reached] > 0).any(axis=1)
        if (grown == reached).all():
            break
        reached = grown
    return reached


def _eigenvalues(matrix: Floats) -> npt.NDArray[np.complex128]:
    return np.asarray(torch.linalg.eigvals(torch.tensor(matrix)).numpy())


def _solve(matrix: Floats, right: Floats) -> Floats:
    return np.asarray(torch.linalg.solve(torch.tensor(matrix), torch.tensor(right)).numpy())
