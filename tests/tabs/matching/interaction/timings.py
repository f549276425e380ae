"""Made-up timings of three methods, and qualities to go with them."""

from __future__ import annotations

import numpy as np

from playground.tabs.matching.interaction.frames import Timed
from playground.tabs.matching.interaction.view import View

COUNTS = np.array([1, 2, 8, 24])
ENCODER = Timed(0.5, "minilm", COUNTS, np.array([0.01, 0.014, 0.04, 0.12]), 384, 1e-7)
CROSS = Timed(0.8, "cross-en", COUNTS, np.array([0.02, 0.03, 0.08, 0.24]), 0, 0.0)
LETTERS = Timed(1.0, "bm25", COUNTS, COUNTS * 1e-5, 0, 0.0)


def view_of(*timed: Timed) -> View:
    """A view of these methods, all three if none is given."""
    return View({each.method: each for each in timed or (ENCODER, CROSS, LETTERS)})
