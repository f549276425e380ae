"""What the prompting tab shows at the press of a button; the first one greets every visitor."""

from __future__ import annotations

from playground.tabs.prompting.request import PromptingRequest
from playground.tabs.prompting.tasks import PATTERNS, VERBALIZERS
from playground.ui.tab_view import Preset

CHINESE = "zoo/bert-small-zh"
THREE = "{text} It was [MASK].\n{text} All in all, it was [MASK].\nJust [MASK]! {text}"

PRESETS = (
    Preset("Zero-shot sentiment in one line", PromptingRequest()),
    Preset("Three patterns, one disagrees", PromptingRequest(patterns=THREE)),
    Preset(
        "Calibration rescues it",
        PromptingRequest(source="mr", patterns="\n".join(PATTERNS["mr"]), calibration="median", count=200),
    ),
    Preset(
        "苏剑林的五个模式",
        PromptingRequest(
            source="su-sentiment",
            patterns="\n".join(PATTERNS["su-sentiment"]),
            verbalizer=VERBALIZERS["su-sentiment"],
            model=CHINESE,
            calibration="median",
            count=100,
        ),
    ),
)
