"""What losses are called, and their colours."""

from __future__ import annotations

from playground.tabs.matching.train.request import LOSSES, Loss

NAMES: dict[str, str] = {
    "cosine-mse": "cosine-MSE",
    "cos-1": "cos 1",
    "cos-2": "cos 2",
    "softmax": "SBERT (softmax)",
    "cosent": "CoSENT",
    "angle": "AnglE",
    "contrastive": "in-batch contrastive",
}
ABOUT: dict[Loss, str] = {
    "cosine-mse": "the cosine is to equal the label",
    "cos-1": "pulls alike pairs to a cosine of 1, pushes others to −1",
    "cos-2": "pulls alike pairs to a cosine of 1, pushes others to 0",
    "softmax": "a classifier on [u; v; |u − v|], which the score does not use",
    "cosent": "only asks that pairs stand in the right order by cosine",
    "angle": "the same order, by an angle of complex vectors",
    "contrastive": "finds the other text of an alike pair among those of the batch",
}


def color(loss: Loss) -> str:
    """The colour of a loss's lines: the same whichever others are shown."""
    return f"var(--series-{LOSSES.index(loss) + 1})"
