"""What the panel shows at the press of a button; the first one is short, so that it may run by itself."""

from __future__ import annotations

from typing import Any

from playground.tabs.sampling.hierarchy.request import HierarchyRequest, Variant
from playground.ui.tab_view import Preset

NEITHER = Variant(warm_up=0, balancing=False)
WARM_UP = Variant(warm_up=120, balancing=False)
BALANCED = Variant(warm_up=120)
FIRST: dict[str, Any] = {"groups": 2, "batch": 16, "every": 5, "balancing": False, "spectral": 0}
THREE: dict[str, Any] = NEITHER.model_dump() | {"beside": (WARM_UP, BALANCED), "steps": 400}

PRESETS = (
    Preset(
        "Without and with warm-up",
        HierarchyRequest(**FIRST, warm_up=0, steps=20, beside=(Variant(balancing=False, spectral=0),)),
    ),
    Preset("Nothing, warm-up, balancing", HierarchyRequest(**THREE, groups=3, batch=16)),
    Preset("Coloured heads", HierarchyRequest(**THREE, data="pixel-art", groups=3, batch=16)),
    Preset(
        "One group: a plain VAE",
        HierarchyRequest(**NEITHER.model_dump(), groups=1, batch=16, steps=400, beside=(WARM_UP,)),
    ),
)
