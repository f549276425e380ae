"""What the panel shows at the press of a button; the first one greets every visitor."""

from __future__ import annotations

from playground.tabs.matching.probe.request import ProbeRequest
from playground.ui.tab_view import Preset

PRESETS = (
    Preset("Who notices a “not”?", ProbeRequest()),
    Preset("The dog bit the man", ProbeRequest(listed="swapped roles")),
    Preset("屡败屡战，屡战屡败", ProbeRequest(language="zh", listed="word order")),
    Preset("Each at its own threshold", ProbeRequest(measure="threshold", listed="numbers")),
)
