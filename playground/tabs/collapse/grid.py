"""At which steps of a training a picture is taken: often at first, then ever more seldom."""

from __future__ import annotations

FIRST = 10  # steps that all are recorded: the fastest collapse is over by then
PER_INTERVAL = 100  # pictures until the interval doubles: about 440 in 20,000 steps at every 10


def is_recorded(step: int, every: int) -> bool:
    """Whether a picture is taken at this step, however long the run; the last step has one in any case."""
    interval, end = every, PER_INTERVAL * every
    while step > end:
        interval *= 2
        end += PER_INTERVAL * interval
    return step <= FIRST or step % interval == 0
