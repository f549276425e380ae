"""What may be asked of the panel of ablations: which rows, with how many seeds, for how long."""

from __future__ import annotations

from typing import ClassVar

from pydantic import field_validator

from playground.runtime.requests import TabRequest, control
from playground.tabs.collapse.ablation.rows import ROWS, RowName
from playground.tabs.collapse.request import MOST_VARIANTS, CollapseRequest, Variant

DEFAULT_ROWS: tuple[RowName, ...] = ("baseline", "no-stop-gradient", "no-stop-gradient-hidden-bn", "no-predictor")
BATCH = 256


class AblationRequest(TabRequest):
    """Rows of the table, each trained from several seeds on nuisance-64."""

    tab: ClassVar[str] = "collapse-ablation"

    rows: tuple[RowName, ...] = control(
        DEFAULT_ROWS,
        title="Rows",
        help="Each is SimSiam with one thing changed.",
        widget="choices",
        min_length=1,
        max_length=len(ROWS),
    )
    seeds: int = control(
        3,
        title="Seeds",
        help="How often each row is trained: with other first weights, batches and views.",
        widget="slider",
        step=1,
        ge=1,
        le=10,
    )
    steps: int = control(
        600,
        title="Steps",
        help="Of each training; the learning rate falls to zero over them.",
        widget="slider",
        group="more",
        step=10,
        ge=10,
        le=2000,
    )

    @field_validator("rows")
    @classmethod
    def _each_once(cls, rows: tuple[RowName, ...]) -> tuple[RowName, ...]:
        """In the order of the table."""
        return tuple(name for name in ROWS if name in rows)

    def groups(self) -> tuple[tuple[RowName, ...], ...]:
        """The rows that train side by side: of one batch size and, where that goes, of one shape."""
        shapes: dict[tuple[object, ...], list[RowName]] = {}
        for name in self.rows:
            shape = tuple(ROWS[name].changes.get(field) for field in ("batch", "dimension", "target"))
            shapes.setdefault(shape, []).append(name)
        return tuple(
            tuple(names[start : start + MOST_VARIANTS])
            for names in shapes.values()
            for start in range(0, len(names), MOST_VARIANTS)
        )

    def training(self, rows: tuple[RowName, ...], seed: int) -> CollapseRequest:
        """The training of one group of rows from one seed."""
        changes = [dict(ROWS[name].changes) for name in rows]
        batch = {change.pop("batch", BATCH) for change in changes}.pop()
        return CollapseRequest(
            batch=batch,
            steps=self.steps,
            cosine_steps=self.steps,
            seed=seed,
            beside=tuple(Variant(**change) for change in changes[1:]),
            **changes[0],
        )

    def estimate(self) -> float:
        """About how many seconds the run takes on two CPU cores."""
        return self.seeds * sum(self.training(rows, 0).estimate() for rows in self.groups())
