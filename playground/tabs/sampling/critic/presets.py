"""What the panel shows at the press of a button; the first one greets every visitor."""

from __future__ import annotations

from playground.tabs.sampling.critic.request import METHODS, CriticRequest
from playground.ui.tab_view import Preset

BATCHES = CriticRequest(exhibit="batches")
DIGITS = CriticRequest(
    data="digits",
    generator=True,
    critics=("penalty", "c-transform"),
    learning_rate=0.002,
    steps=2000,
    every=50,
    metric="share",
)
PRESETS = (
    Preset("Which critic finds the distance?", CriticRequest()),
    Preset("The better estimate, the worse digits", DIGITS),
    Preset("Generators in the plane", CriticRequest(generator=True, critics=METHODS, steps=1500, every=25)),
    Preset("Closer than real ones: dimension", BATCHES),
    Preset("Real digits, their mean, centres", BATCHES.with_(ground="digits", dimension=64)),
)
