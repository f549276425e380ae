"""What has been proved about decoding that does not stop: statements, what they mean, where they stand."""

from __future__ import annotations

from dataclasses import dataclass

WELLECK = ("Welleck et al., EMNLP 2020", "https://arxiv.org/abs/2002.02492")
CHOI = ("Choi et al., ICLR 2023", "https://arxiv.org/abs/2210.00660")
SU = ("Su Jianlin, 2020 (7500)", "https://kexue.fm/archives/7500")


@dataclass(frozen=True)
class Theorem:
    """A statement and its meaning, both English and translated, and the title and address of its source."""

    name: str
    statement: str
    meaning: str
    source: tuple[str, str]


THEOREMS = (
    Theorem(
        "Incomplete decoding",
        "At every step the decoder chooses from a set that lacks at least one token of the vocabulary. It is "
        "called probable if the set holds the most probable token and nothing outside it is more probable than "
        "anything inside.",
        "Greedy decoding, top-k and nucleus sampling are of this kind. What is missing may be <eos>, every time.",
        CHOI,
    ),
    Theorem(
        "A softmax alone promises nothing",
        "There is a recurrent language model with a softmax for which every incomplete probable decoder, and beam "
        "search, finds an endless text with probability 1.",
        "Nothing in an ordinary output layer rules it out, however the model was trained.",
        WELLECK,
    ),
    Theorem(
        "Drawing from everything stops",
        "Where the hidden state is bounded, sampling from the whole distribution ends with probability 1.",
        "p(<eos>) stays above some positive number, so it is drawn sooner or later; the text may be spoilt by then.",
        SU,
    ),
    Theorem(
        "Consistent sets",
        "Where the hidden state is bounded, top-k and nucleus sampling that keep <eos> in the set end with "
        "probability 1.",
        "The cheapest remedy: nothing is trained. Texts become shorter.",
        WELLECK,
    ),
    Theorem(
        "Self-terminating models (ST)",
        "With p(<eos>) = 1 − σ₁σ₂…σₜ and every σ at most 1 − ε, every incomplete probable decoder ends with "
        "probability 1.",
        "p(<eos>) can only rise, towards 1. The price is perplexity.",
        WELLECK,
    ),
    Theorem(
        "Non-monotonic self-terminating models (NMST)",
        "With p(<eos>) at least 1 − (1 − ε)ᵗ, every incomplete probable decoder ends with probability 1.",
        "The same promise, but p(<eos>) may fall in between; it costs less perplexity than ST.",
        CHOI,
    ),
)
