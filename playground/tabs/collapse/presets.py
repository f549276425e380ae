"""What the collapse tab shows at the press of a button; the first one greets every visitor."""

from __future__ import annotations

from playground.tabs.collapse.request import CollapseRequest, Variant
from playground.ui.tab_view import Preset

SPHERE = {"dimension": 3, "batch_norm": "hidden"}
HIDDEN = {"batch_norm": "hidden"}
FAST = HIDDEN | {"learning_rate": 0.2}
UNAUGMENTED = HIDDEN | {"target": "unaugmented"}

PRESETS = (
    Preset(
        "With and without stop-gradient",
        CollapseRequest(**SPHERE, batch=128, steps=100, beside=(Variant(**SPHERE, stop_gradient=False),), metric="std"),
    ),
    Preset("The collapse that std does not see", CollapseRequest(steps=400, beside=(Variant(stop_gradient=False),))),
    Preset(
        "Which predictor",
        CollapseRequest(
            **HIDDEN,
            steps=400,
            beside=tuple(Variant(**HIDDEN, predictor=name) for name in ("linear", "none", "random")),
            metric="knn",
        ),
    ),
    Preset(
        "BatchNorm",
        CollapseRequest(
            steps=400,
            beside=(Variant(**HIDDEN), Variant(batch_norm="none", learning_rate=0.01)),
            metric="knn",
        ),
    ),
    Preset(
        "Toggle it in the middle",
        CollapseRequest(
            **FAST,
            batch=128,
            steps=400,
            schedule=("100:0:stop_gradient=off", "100:1:stop_gradient=off", "200:0:stop_gradient=on"),
            beside=(Variant(**FAST), Variant(**FAST)),
        ),
    ),
    Preset(
        "BYOL and Su's conjecture",
        CollapseRequest(
            **HIDDEN,
            target="byol",
            predictor="none",
            steps=400,
            beside=(
                Variant(**UNAUGMENTED),
                Variant(**UNAUGMENTED, predictor="none"),
                Variant(**UNAUGMENTED, predictor="none", stop_gradient=False),
            ),
            metric="std",
        ),
    ),
)
