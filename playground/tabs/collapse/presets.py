"""What the collapse tab shows at the press of a button; the first one greets every visitor."""

from __future__ import annotations

from typing import Any

from playground.tabs.collapse.request import Change, CollapseRequest, Variant
from playground.ui.tab_view import Preset

SPHERE: dict[str, Any] = {"dimension": 3, "batch_norm": "hidden"}
HIDDEN: dict[str, Any] = {"batch_norm": "hidden"}
FAST: dict[str, Any] = HIDDEN | {"learning_rate": 0.2}
UNAUGMENTED: dict[str, Any] = HIDDEN | {"target": "unaugmented"}
SCHEDULE = ("100:0:stop_gradient=off", "100:1:stop_gradient=off", "200:0:stop_gradient=on")

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
            beside=tuple(Variant.model_validate(HIDDEN | {"predictor": name}) for name in ("linear", "none", "random")),
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
            schedule=tuple(map(Change.model_validate, SCHEDULE)),
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
