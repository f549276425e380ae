"""What the panel shows at the press of a button; the first one greets every visitor."""

from __future__ import annotations

from playground.tabs.prompting.fill.request import FillRequest
from playground.ui.tab_view import Preset

CHINESE = "zoo/bert-small-zh"

PRESETS = (
    Preset("A word in a gap", FillRequest()),
    Preset(
        "Words of several tokens",
        FillRequest(
            text="He walked home because it was [MASK].",
            words="raining, snowing, late, unbearable, unbearably hot, nightfall",
        ),
    ),
    Preset(
        "Three masks, three orders",
        FillRequest(text="Once upon a [MASK] there lived an old [MASK] and his [MASK].", words="time, hill", gap=1),
    ),
    Preset(
        "两个字的词",
        FillRequest(text="这家酒店的房间很[MASK]，下次还会来。", words="好, 差, 干净, 舒服, 满意, 失望", model=CHINESE),
    ),
)
