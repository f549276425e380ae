"""What a lower bound on p(<eos>) promises: p_t(<eos>) >= 1 - (1 - epsilon)^t after t new tokens.

The bound of ST (Welleck et al., EMNLP 2020), NMST (Choi et al., ICLR 2023, 2210.00660) and the floor.
"""

from __future__ import annotations

import math


def lower_bound(epsilon: float, steps: float) -> float:
    """1 - (1 - epsilon)^steps.

    >>> f"{lower_bound(1e-3, 693):.3f}"
    '0.500'
    """
    return -math.expm1(steps * math.log1p(-epsilon))


def latest_greedy_stop(epsilon: float) -> int:
    """The first step at which the bound exceeds 1/2, where greedy decoding has to choose <eos>.

    That is the first whole number above ln 2 / -ln(1 - epsilon).

    >>> latest_greedy_stop(1e-3)
    693
    """
    return math.floor(math.log(2) / -math.log1p(-epsilon)) + 1
