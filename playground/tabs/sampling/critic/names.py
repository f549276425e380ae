"""What critics and curves are called."""

from __future__ import annotations

from playground.tabs.sampling.critic.request import METHODS, Method, Metric

NAMES: dict[str, str] = {
    "clipping": "Weight clipping",
    "penalty": "Gradient penalty",
    "spectral": "Spectral normalisation",
    "c-transform": "c-transform",
    "soft-c-transform": "Soft c-transform",
}
ABOUT: dict[Method, str] = {
    "clipping": "No weight may be large, so the critic cannot be steep; how steep, nobody knows.",
    "penalty": "Gradients between real and fake are drawn to length 1, with weight λ.",
    "spectral": "Every weight over its largest singular value: at most 1 steep everywhere, and often much less.",
    "c-transform": "Only the real values are learnt; the fake ones are the best that they allow on the batch.",
    "soft-c-transform": "The same with a soft minimum: smoother, and above the hard one.",
}
CURVES: dict[Metric, str] = {
    "estimate": "estimate",
    "share": "estimate / exact",
    "gradient": "gradient norm",
    "distance": "distance of the fakes",
    "spread": "spread of the fakes",
    "frechet": "Fréchet distance",
}
DESCRIPTIONS: dict[Metric, str] = {
    "estimate": "What the critic says of a fresh batch (solid), and the exact distance of that batch (dotted)",
    "share": "The critic's estimate as a share of the exact distance of the same batch",
    "gradient": "Norm of the critic's gradient between real and fake: mean (solid) and largest (dotted)",
    "distance": "Exact distance of held-out real points and as many fakes",
    "spread": "Total variance of the fakes",
    "frechet": "Fréchet distance of the fakes to held-out digits, on the features of a small classifier",
}


EDGE = 1.5  # how far the pictures of points reach in each direction


def color(critic: Method) -> str:
    """The colour of a critic's lines and of the mark on its card: the same whichever others are shown."""
    return f"var(--series-{METHODS.index(critic) + 1})"
