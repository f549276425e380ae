"""One stream of random numbers a row, which no other row can disturb.

A row draws by inverse CDF from number t of its stream at step t. The stream's key is the run's
seed and the row's own name, so a row gives the same tokens alone, in company and in any order.
"""

from __future__ import annotations

import hashlib

import numpy as np
import numpy.typing as npt


def uniforms(seed: int, name: str, length: int) -> npt.NDArray[np.float64]:
    """The first `length` numbers, each in [0, 1), of the stream of row `name`; a longer one begins with them."""
    digest = hashlib.sha256(f"{seed}/{name}".encode()).digest()
    key = np.frombuffer(digest[:16], dtype="<u8")
    return np.random.Generator(np.random.Philox(key=key)).random(length)
