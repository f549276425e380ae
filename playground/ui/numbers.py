"""Numbers as a page and its plots show them."""

from __future__ import annotations

import math


def fixed(value: float, digits: int = 2) -> str:
    """A number with so many digits behind the point, a dash for none."""
    return f"{value:.{digits}f}".replace("-", "−") if math.isfinite(value) else "–"


def rounded(value: float) -> float | None:
    """Four digits travel faster than seventeen; None where there is no number."""
    return float(f"{value:.4g}") if math.isfinite(value) else None


def finite(value: float) -> float | None:
    """The number itself, None where there is none, as JSON needs it."""
    return value if math.isfinite(value) else None
