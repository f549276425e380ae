"""What drawing costs while a run streams: sixteen cards of 128 tokens, beside the time between two drawings.

python -m benchmarks.drawing
"""

from __future__ import annotations

import time

from playground.ui.follow import DRAW_EVERY
from playground.ui.token_view import TokenRow, cards

ROUNDS = 20
BAR = 0.1  # of the time between two drawings


def seconds(rows: list[TokenRow]) -> float:
    """Wall time of one drawing."""
    begun = time.perf_counter()
    cards(rows)
    return time.perf_counter() - begun


def main() -> None:
    """Print the figure."""
    rows = [TokenRow("greedy", [" word"] * 128, [0.4] * 128, "running", "", "")] * 16
    fastest = min(seconds(rows) for _ in range(ROUNDS))
    share = fastest / DRAW_EVERY
    print(f"sixteen cards of 128 tokens: {fastest * 1e3:.1f} ms, {share:.2f} of a drawing's turn (bar {BAR})")


if __name__ == "__main__":
    main()
