"""Pictures to begin with: one of a set's own, and some of nobody's."""

from __future__ import annotations

from playground.tabs.sampling.reconstruct.request import ReconstructRequest
from playground.ui.tab_view import Preset

SCRIBBLE = (  # a face with red hair and a green pullover
    "m109h5m25h9m21h13m18h15m17h5e5h5m16h5e7h5m15h4e9h4m14h4e11h4m13h3e13h3m13h3e13h3m13h2e15h2m13h2e4b2e"
    "4b2e3h2m13h2e4b2e4b2e3h2m14he15hm15he7ge7hm16e8ge6m17e15m18e3be6be2m19e4be4be3m20e4b4e3m22e9m24e7m25"
    "e7m25e7m24k9m22k12m18k15m16k18m12k22m5"
)
NOISE = ReconstructRequest(example="noise", number=1)
GREY = ReconstructRequest(example="grey", number=24)
PRESETS = (
    Preset("A portrait nobody trained on", ReconstructRequest()),
    Preset("A shirt", ReconstructRequest(example="garment", number=1)),
    Preset("A scribble", ReconstructRequest(source="drawing", sketch=SCRIBBLE)),
    Preset("Noise", NOISE),
    Preset("Plain grey", GREY),
)
