"""What the panel shows at the press of a button; the first one greets every visitor."""

from __future__ import annotations

from playground.tabs.prompting.few_shot.request import FewShotRequest
from playground.ui.tab_view import Preset

PRESETS = (
    Preset("Two quick rivals, live", FewShotRequest(task="subj", tests=100)),
    Preset(
        "16 labels: PET against SetFit",
        FewShotRequest(task="subj", methods=("pet", "setfit", "linear-probe"), shots=(8,), seeds=1),
    ),
    Preset(
        "iPET labels the unlabelled",
        FewShotRequest(task="subj", methods=("pet", "ipet"), shots=(4,), seeds=1, unlabelled=400),
    ),
    Preset(
        "Find the label words",
        FewShotRequest(task="su-sentiment", methods=("pet", "automatic-verbalizer"), shots=(16,), seeds=1),
    ),
)
