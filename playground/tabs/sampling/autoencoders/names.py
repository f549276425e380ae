"""What treatments and measures are called."""

from __future__ import annotations

from playground.tabs.sampling.autoencoders.request import TREATMENTS, Curve, Treatment

NAMES: dict[str, str] = {"ae": "AE", "aebn": "AE+BN", "eae": "EAE", "vae": "VAE", "wae": "WAE"}
ABOUT: dict[Treatment, str] = {
    "ae": "Nothing is asked of the code.",
    "aebn": "BatchNorm without scale and shift gives every number of the code mean 0 and deviation 1.",
    "eae": "BatchNorm, and the distance of each code to its nearest neighbour is enlarged: entropy.",
    "vae": "A normal about each code, and its KL to N(0, I); means are shown.",
    "wae": "The codes' maximum mean discrepancy to N(0, I) is made small.",
}
CURVES: dict[Curve, str] = {
    "frechet": "Fréchet distance",
    "reconstruction": "reconstruction error",
    "gap": "entropy gap",
    "loss": "loss",
}
DESCRIPTIONS: dict[Curve, str] = {
    "frechet": "Fréchet distance of samples to the training pictures: solid from N(0, I), dotted from the mixture",
    "reconstruction": "Squared error of a test picture that comes back from its code",
    "gap": "Entropy, in nats, that the codes lack to as many draws of N(0, I)",
    "loss": "Loss of the last batch",
}


def color(treatment: Treatment) -> str:
    """The colour of a treatment's lines and of the mark on its card: the same whichever others are shown."""
    return f"var(--series-{TREATMENTS.index(treatment) + 1})"
