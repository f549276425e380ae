"""What the matching tab shows at the press of a button; the first one greets every visitor."""

from __future__ import annotations

from playground.tabs.matching.request import MatchingRequest
from playground.ui.tab_view import Preset

PRESETS = (
    Preset("Man bites dog", MatchingRequest()),
    Preset(
        "同一句话，换个说法", MatchingRequest(a="今天的会议改到明天下午三点。", b="原定今天开的会推迟到明天下午3点了。")
    ),
    Preset(
        "Same topic or same event?",
        MatchingRequest(
            a="台风“梅花”今晨在浙江舟山登陆，多个航班取消。",
            b="台风“山竹”今晨在广东台山登陆，多趟列车停运。",
            criterion="B",
        ),
    ),
)
