"""What the sampling tab shows at the press of a button; the first one greets every visitor."""

from __future__ import annotations

from playground.tabs.sampling.origins import Picture
from playground.tabs.sampling.request import Move, SamplingRequest
from playground.ui.tab_view import Preset

SUBJECT, OTHER = Picture.drawn(0, 3), Picture.drawn(0, 8)
BATCH_NORM = Preset("BatchNorm, as trained and re-adjusted", SamplingRequest(beside="BatchNorm", temperature=0.5))

PRESETS = (
    Preset("16 avatars at 0.7", SamplingRequest()),
    Preset("Temperature", SamplingRequest(beside="temperature", pictures=12)),
    BATCH_NORM,
    Preset("Keep the top, resample the rest", SamplingRequest(mode="keep", subject=SUBJECT)),
    Preset("Walk from one to another", SamplingRequest(mode="walk", subject=SUBJECT, second=OTHER, pictures=12)),
    Preset(
        "Glasses on and off",
        SamplingRequest(mode="attributes", subject=SUBJECT, moves=(Move(name="glasses", amount=1),)),
    ),
)
