"""Branches: the tokens that every row of a run goes on from.

Branch i takes row `row` of the run with the branches before it, its tokens before `step`, and puts
`token` after them. Rows are deterministic, so that row alone is run again as far as the step; a
search is run to its end, since its text is that of the best hypothesis. A branch that chooses the
row's own token leaves the row as it was, unless the row is a search, which goes on from that one
text instead of several.

A branch that cannot be taken is left out, and the others are taken without it: one to a row, step
or token that is not there, one after which no step is left, and one to <eos>, after which there is
nothing to go on from.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass

from playground.runtime.contracts import Context, Frame
from playground.tabs.decoding.ground import Ground
from playground.tabs.decoding.places import Branch

STEPS_A_FRAME = 16


@dataclass(frozen=True)
class Laid:
    """The tokens that branches lay down, and the branches that could not be taken."""

    forced: tuple[int, ...] = ()
    left_out: tuple[str, ...] = ()


def lay(branches: Sequence[Branch], ground: Ground, context: Context) -> Generator[Frame, None, Laid]:
    """Take the branches one after the other; yields empty frames meanwhile."""
    laid = Laid()
    for branch in branches:
        before = None
        if branch.row < len(ground.request.decoders) and branch.step + 1 < ground.limit:
            before = yield from _tokens_before(branch, laid.forced, ground, context)
        if before is None:
            laid = Laid(laid.forced, (*laid.left_out, str(branch)))
        else:
            laid = Laid((*before, branch.token), laid.left_out)
    return laid


def _tokens_before(
    branch: Branch, forced: tuple[int, ...], ground: Ground, context: Context
) -> Generator[Frame, None, tuple[int, ...] | None]:
    """The row's tokens before the step, None where the branch cannot be taken."""
    batch = ground.batch([branch.row], forced)
    if branch.token >= ground.size(branch.row) or branch.token == batch.eos:
        return None
    if branch.step <= len(forced):
        return forced[: branch.step]
    for step in range(len(forced), ground.limit if ground.searches(branch.row) else branch.step):
        if context.cancelled or not batch.active:
            break
        batch.step(step)
        if step % STEPS_A_FRAME == 0:
            yield Frame(done=0.0)
    before = tuple(batch.rows[0].tokens[: branch.step])
    return before if len(before) == branch.step and batch.eos not in before else None
