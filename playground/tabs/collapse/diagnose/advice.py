"""What people were told who asked whether their run had collapsed, and where."""

from __future__ import annotations

from dataclasses import dataclass

ISSUES = "https://github.com/{repository}/issues/{number}"


@dataclass(frozen=True)
class Advice:
    """One piece of advice in our words, and the issue in which it was given."""

    said: str
    repository: str
    number: int

    @property
    def address(self) -> str:
        """The issue's address."""
        return ISSUES.format(repository=self.repository, number=self.number)


ADVICE = (
    Advice("Watch the std of the channels, as in Fig. 2 of the paper.", "PatrickHua/SimSiam", 6),
    Advice("Try a larger batch and a smaller learning rate.", "leftthomas/SimSiam", 1),
    Advice("A larger learning rate for the predictor prevented collapse (said of BYOL).", "Tian0426/CL-HAR", 4),
    Advice(
        "SimSiam is sensitive to the augmentations: with others, adjust the learning rate or other settings.",
        "facebookresearch/simsiam",
        29,
    ),
    Advice("It is very sensitive to the data set and the size of the model.", "PatrickHua/SimSiam", 50),
    Advice("Choose augmentations and input size with care; small batches did badly.", "lightly-ai/lightly", 134),
)
