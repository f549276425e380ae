"""What the panel shows at the press of a button; the first one greets every visitor."""

from __future__ import annotations

from playground.tabs.sampling.autoencoders.request import TREATMENTS, AutoencodersRequest
from playground.ui.tab_view import Preset

PRESETS = (
    Preset("BatchNorm and entropy", AutoencodersRequest()),
    Preset("Only the mixture looks good", AutoencodersRequest(treatments=("ae",), steps=600)),
    Preset("Too much entropy", AutoencodersRequest(treatments=("aebn", "eae"), entropy_weight=1.0, steps=600)),
    Preset("Two numbers a digit", AutoencodersRequest(latents=2, steps=600)),
    Preset("All five", AutoencodersRequest(treatments=TREATMENTS, steps=600)),
)
