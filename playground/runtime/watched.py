"""What the request of a live training says of how it is watched."""

from __future__ import annotations

from typing import Literal

from playground.runtime.requests import FrozenModel, control

Speed = Literal["full", "slow", "slowest"]


class Watched(FrozenModel):
    """View fields that every live training has beside its number of steps."""

    moment: int = control(
        1000,
        title="Moment",
        help="Which of the recorded pictures is shown, in thousandths of the run.",
        widget="none",
        ge=0,
        le=1000,
        view=True,
    )
    speed: Speed = control(
        "full", title="Speed", help="How long each picture stays while a run goes on.", widget="none", view=True
    )
