"""Shares of outputs that never end, with how sure they are."""

from __future__ import annotations

import math
from typing import Any


def wilson_interval(hits: int, trials: int, z: float = 1.959964) -> tuple[float, float]:
    """Wilson's 95 % score interval of a share (Wilson 1927); never empty at 0 or 1."""
    share, weight = hits / trials, z * z / trials
    middle = share + weight / 2
    spread = z * math.sqrt(share * (1 - share) / trials + weight / (4 * trials))
    return max(0.0, (middle - spread) / (1 + weight)), min(1.0, (middle + spread) / (1 + weight))


def endless_share(endless: int, trials: int) -> dict[str, Any]:
    """The non-termination ratio of so many outputs, as it is recorded."""
    low, high = wilson_interval(endless, trials)
    return {"endless": endless, "ratio": endless / trials, "interval": [round(low, 4), round(high, 4)]}
