"""Places in a run that a request names: where it branches, and which step is looked into.

Links hold each in one text: a branch `row:step:token`, a look `row:step`. Rows count from 0 in the
order of the decoders; steps count new tokens from 0, from the prompt's end.
"""

from __future__ import annotations

import re
from typing import Any, ClassVar

from pydantic import Field, model_validator

from playground.runtime.requests import FrozenModel

MOST_ROWS = 16
MOST_TOKENS = 1500
BRANCH_FORM = "A branch is written row:step:token, three whole numbers such as 0:17:2041: change it and run again."
INSPECT_FORM = "A step to inspect is written row:step, two whole numbers such as 0:17: change it and run again."


class Inspect(FrozenModel):
    """One step of one row, `3:17` in a link."""

    in_one_text: ClassVar[bool] = True
    form: ClassVar[str] = INSPECT_FORM

    row: int = Field(title="Row", ge=0, lt=MOST_ROWS)
    step: int = Field(title="Step", ge=0, lt=MOST_TOKENS)

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        numbers = value.strip().split(":")
        if len(numbers) != len(cls.model_fields) or not all(re.fullmatch("[0-9]{1,7}", text) for text in numbers):
            raise ValueError(cls.form)
        return dict(zip(cls.model_fields, map(int, numbers), strict=True))

    def __str__(self) -> str:
        return ":".join(str(getattr(self, name)) for name in type(self).model_fields)


class Branch(Inspect):
    """A row's tokens before a step, then one token: what every row goes on from; `3:17:2041` in a link."""

    form: ClassVar[str] = BRANCH_FORM

    token: int = Field(title="Token", ge=0, lt=10_000_000)
