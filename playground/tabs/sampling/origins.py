"""A picture as links hold it: where the noise of each of its groups was drawn.

`0:3` is picture 3 of seed 0. `0:3x4.r9:2` has the first four groups of that picture, and in all others the noise
that seed 9 gives its picture 2 when groups are drawn afresh.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from typing import Any, ClassVar, Self

from pydantic import Field, model_validator

from playground.runtime.requests import FrozenModel

MOST_GROUPS = 32
MOST_PICTURES = 64
MOST_SEED = 2**31 - 1
PART = re.compile(r"(r?)([0-9]{1,10}):([0-9]{1,2})(?:x([0-9]{1,2}))?")
FORM = "A picture is written seed:place, such as 0:3, with .seed:place behind x and a number of groups: change it."


class Origin(FrozenModel):
    """Noise for `groups` groups in a row: that of picture `place` of a seed, or what the seed draws afresh for it."""

    seed: int = Field(title="Seed", ge=0, le=MOST_SEED)
    place: int = Field(title="Place", ge=0, lt=MOST_PICTURES)
    fresh: bool = False
    groups: int = Field(default=MOST_GROUPS, title="Groups", ge=1, le=MOST_GROUPS)

    def __str__(self) -> str:
        count = "" if self.groups == MOST_GROUPS else f"x{self.groups}"
        return f"{'r' * self.fresh}{self.seed}:{self.place}{count}"


class Picture(FrozenModel):
    """A picture, from the top of the hierarchy; the last origin fills all groups that are left."""

    in_one_text: ClassVar[bool] = True

    origins: tuple[Origin, ...] = Field(title="Picture", min_length=1, max_length=MOST_GROUPS)

    @classmethod
    def drawn(cls, seed: int, place: int) -> Picture:
        """Picture `place` of a seed."""
        return cls(origins=(Origin(seed=seed, place=place),))

    @classmethod
    def of(cls, origins: Sequence[Origin]) -> Picture:
        """The picture with these origins, one for each group."""
        alike = groupby(origins, key=lambda origin: origin.model_copy(update={"groups": 1}))
        runs = [(origin, len(list(run))) for origin, run in alike]
        counts = [*(count for _, count in runs[:-1]), MOST_GROUPS]
        pairs = zip(runs, counts, strict=True)
        return cls(origins=tuple(origin.model_copy(update={"groups": count}) for (origin, _), count in pairs))

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        parts = [PART.fullmatch(part) for part in value.strip().split(".")]
        return {"origins": [_origin(part) for part in parts]}

    @model_validator(mode="after")
    def _ends_open(self) -> Self:
        """The last origin fills what is left, however it was written."""
        *others, last = self.origins
        if last.groups != MOST_GROUPS:
            open_ended = last.model_copy(update={"groups": MOST_GROUPS})
            object.__setattr__(self, "origins", (*others, open_ended))
        return self

    def __str__(self) -> str:
        return ".".join(map(str, self.origins))

    def by_group(self, count: int) -> tuple[Origin, ...]:
        """One origin for each of so many groups."""
        each = (origin.model_copy(update={"groups": 1}) for origin in self.origins for _ in range(origin.groups))
        return tuple(origin for origin, _ in zip(each, range(count), strict=False))


def mixed(kept: Picture, other: Picture, from_other: Sequence[int], count: int) -> Picture:
    """A picture of so many groups: those in `from_other`, counted from 0, are the other one's."""
    pairs = zip(kept.by_group(count), other.by_group(count), strict=True)
    return Picture.of([second if group in from_other else first for group, (first, second) in enumerate(pairs)])


def _origin(part: re.Match[str] | None) -> dict[str, Any]:
    if part is None:
        raise ValueError(FORM)
    fresh, seed, place, groups = part.groups()
    return {"fresh": bool(fresh), "seed": int(seed), "place": int(place), "groups": int(groups or MOST_GROUPS)}
