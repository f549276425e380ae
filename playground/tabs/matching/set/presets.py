"""What the panel shows at the press of a button; the first one greets every visitor."""

from __future__ import annotations

from playground.tabs.matching.set.request import MatchingSetRequest
from playground.ui.tab_view import Preset

PRESETS = (
    Preset("Find the threshold", MatchingSetRequest()),
    Preset(
        "Where the published search stays put",
        MatchingSetRequest(methods=("base", "ngrams", "bm25"), alike=0.7, count=200),
    ),
    Preset(
        "A false alarm costs five misses",
        MatchingSetRequest(methods=("base", "cosent", "cross", "ngrams"), goal="cost", ratio=5.0),
    ),
    Preset(
        "All methods, same pairs",
        MatchingSetRequest(
            methods=("base", "cosent", "sbert", "angle", "mse", "cross", "words", "ngrams", "bm25"), count=200
        ),
    ),
)
