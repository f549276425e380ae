"""Which row of the last step each row goes on from, where a search may move and copy rows.

Whoever keeps something for each row from step to step, such as a logits processor in ``generate``,
is given nothing but the tokens. Rows of the same tokens have the same past, so that is enough.
"""

from __future__ import annotations

from torch import Tensor


class Lineage:
    """Remembers the tokens of the last step, and finds the rows of the next one among them."""

    def __init__(self) -> None:
        self._last: Tensor | None = None

    def parents(self, input_ids: Tensor) -> Tensor | None:
        """For every row of input_ids (R, T) the row of the last call that it extends by one token, (R,).

        None where some row extends none: a new generation has begun.
        """
        last, self._last = self._last, input_ids.clone()
        if last is None or input_ids.shape[1] != last.shape[1] + 1:
            return None
        extends = (input_ids[:, None, :-1] == last).all(dim=-1)  # (R, rows of the last call)
        return extends.int().argmax(dim=-1) if bool(extends.any(dim=-1).all()) else None
