"""What the decoding tab shows at the press of a button; the first one greets every visitor."""

from __future__ import annotations

from playground.tabs.decoding.request import DecodingRequest
from playground.ui.tab_view import Preset

TRANSLATOR, CHAT = "zoo/seq2seq-classical-modern", "zoo/gpt2-dialogue-zh"

PRESETS = (
    Preset("Same prompt, eight decoders", DecodingRequest()),
    Preset("The loop", DecodingRequest(decoders=("greedy", "nucleus-0.2"), length=400)),
    Preset(
        "今天天气不错不错不错",
        DecodingRequest(
            prompt="今天天气" + 18 * "不错",
            model=TRANSLATOR,
            decoders=("greedy", "beam-4", "nucleus-0.9", "consistent-top-k-4", "floor-0.01", "greedy+no-repeat-3"),
            length=200,
        ),
    ),
    Preset(
        "The fix that costs nothing at inference (NMST floor)",
        DecodingRequest(decoders=("greedy", "floor-0.001", "floor-0.01"), length=800),
    ),
    Preset(
        "When ST makes it worse",
        DecodingRequest(decoders=("greedy", "st", "nmst", "st-0.01", "floor-0.01"), length=400),
    ),
    Preset(
        "Chat that repeats itself",
        DecodingRequest(
            prompt="你知道周杰伦吗？\n知道，他是中国台湾流行乐男歌手。\n他有什么歌？",
            model=CHAT,
            decoders=("greedy", "beam-4", "nucleus-0.9", "repetition-1.2", "dry-0.8+nucleus-0.9", "floor-0.01"),
            length=200,
        ),
    ),
)
