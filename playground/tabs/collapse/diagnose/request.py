"""What may be asked of the panel that diagnoses outputs: a matrix of one's own, or one of the examples."""

from __future__ import annotations

from typing import ClassVar, Literal

from playground.runtime.requests import TabRequest, control
from playground.runtime.sessions import Attachment

Example = Literal["healthy", "complete-collapse", "behind-batch-norm", "one-direction"]

FILES = (".npy", ".csv")
MOST_PASTED = 200_000  # characters


class DiagnoseRequest(TabRequest):
    """Outputs (N, d), one row an input: a file, else pasted text, else an example."""

    tab: ClassVar[str] = "collapse-diagnose"

    example: Example = control(
        "healthy",
        title="Example",
        help="Made up from the seed; it is shown as long as nothing is uploaded or pasted.",
        widget="choice",
    )
    embeddings: Attachment | None = control(
        None,
        title="Your outputs",
        help="One row an input, one column a dimension: at most 20,000 × 4,096.",
        widget="file",
        accept=FILES,
    )
    pasted: str = control(
        "",
        title="Or pasted",
        help="Lines of numbers with commas, tabs, semicolons or spaces between them; a header line is skipped.",
        widget="text",
        lines=3,
        max_length=MOST_PASTED,
        private=True,
        upload=True,
    )
    label_column: bool = control(
        False, title="The last column is the class", help="A number or a word.", widget="switch"
    )
    loss: float | None = control(
        None,
        title="Loss",
        help="The negative cosine similarity, if you know it; −1 is best.",
        widget="number",
        step=0.01,
        ge=-1,
        le=1,
    )
    batch_norm: bool = control(
        False,
        title="Behind a BatchNorm without affine",
        help="As SimSiam's projector ends: then the std tells nothing.",
        widget="switch",
    )
    labels: Attachment | None = control(
        None,
        title="Classes",
        help="One for each row, for the neighbours' accuracy.",
        widget="file",
        group="more",
        accept=FILES,
    )
    pasted_labels: str = control(
        "",
        title="Or classes pasted",
        help="One for each row.",
        widget="text",
        group="more",
        lines=2,
        max_length=MOST_PASTED,
        private=True,
        upload=True,
    )
    second: Attachment | None = control(
        None,
        title="Second view",
        help="Outputs for another view of the same inputs, row by row, for the alignment.",
        widget="file",
        group="more",
        accept=FILES,
    )
    seed: int = control(
        0,
        title="Seed",
        help="Of the example, and of the rows drawn where there are too many.",
        widget="number",
        group="more",
        step=1,
        ge=0,
        le=2**31 - 1,
    )

    def is_own(self) -> bool:
        """Whether something was given, so that no example is shown."""
        return self.embeddings is not None or bool(self.pasted.strip())

    def estimate(self) -> float:
        """About how many seconds the run takes on two CPU cores."""
        return 2.0 if self.is_own() else 0.1
