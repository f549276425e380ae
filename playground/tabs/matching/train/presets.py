"""What the panel shows at the press of a button; the first one greets every visitor."""

from __future__ import annotations

from playground.tabs.matching.train.request import Loss, MatchingTrainRequest
from playground.ui.tab_view import Preset

FIVE: tuple[Loss, ...] = ("cosine-mse", "cos-1", "softmax", "cosent", "contrastive")

PRESETS = (
    Preset("Watch SBERT train away its ranking", MatchingTrainRequest()),
    Preset("Labels have grades", MatchingTrainRequest(losses=("cosine-mse", "cosent", "angle"), labels="graded")),
    Preset(
        "Naive cosine losses go too far",
        MatchingTrainRequest(losses=("cos-1", "cos-2", "cosent"), learning_rate=0.001, steps=360, shown="cos-1"),
    ),
    Preset("Gently, five losses", MatchingTrainRequest(losses=FIVE, learning_rate=0.0002, steps=440, every=40)),
)
