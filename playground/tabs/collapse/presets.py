"""What the collapse tab shows at the press of a button; the first one greets every visitor."""

from __future__ import annotations

from playground.tabs.collapse.request import CollapseRequest, Variant
from playground.ui.tab_view import Preset

SPHERE = {"dimension": 3, "batch_norm": "hidden"}

PRESETS = (
    Preset(
        "With and without stop-gradient",
        CollapseRequest(**SPHERE, batch=128, steps=120, beside=(Variant(**SPHERE, stop_gradient=False),)),
    ),
    Preset("The collapse that std does not see", CollapseRequest(steps=600, beside=(Variant(stop_gradient=False),))),
    Preset(
        "Which predictor",
        CollapseRequest(
            batch_norm="hidden",
            beside=tuple(Variant(batch_norm="hidden", predictor=name) for name in ("linear", "none", "random")),
            metric="knn",
        ),
    ),
    Preset(
        "BatchNorm",
        CollapseRequest(
            beside=(Variant(batch_norm="hidden"), Variant(batch_norm="none", learning_rate=0.01)),
            metric="std",
        ),
    ),
    Preset(
        "Toggle it in the middle",
        CollapseRequest(
            batch_norm="hidden",
            steps=800,
            schedule=("200:0:stop_gradient=off", "300:0:stop_gradient=on"),
            beside=(Variant(batch_norm="hidden"),),
            metric="std",
        ),
    ),
    Preset(
        "BYOL and Su's conjecture",
        CollapseRequest(
            batch_norm="hidden",
            beside=(
                Variant(batch_norm="hidden", target="byol", predictor="none"),
                Variant(batch_norm="hidden", target="unaugmented", predictor="none"),
                Variant(batch_norm="hidden", target="unaugmented", predictor="none", stop_gradient=False),
            ),
        ),
    ),
)
