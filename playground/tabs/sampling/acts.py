"""What a click in the sampling tab's picture makes of the shown request.

set      a field has another value: field, value
choose   a picture becomes A or B, whichever a click chooses: picture
group    keep all down to here, draw this one anew, or take it from the other picture: group, of so many
move     an attribute has another amount, 0 for none: name, value
swap     A and B change places
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playground.runtime.errors import InvalidRequest
from playground.tabs.sampling.request import MOST_MOVES, Move, SamplingRequest
from playground.ui.tab_view import Click

SETTABLE = frozenset({"mode", "temperature", "keep", "group", "choosing"})
MOVED_ALL = "At most {most} attributes move at once: set one back to 0 first."


def act(request: SamplingRequest, click: Click) -> SamplingRequest:
    """The request that the click asks for; KeyError, ValueError or TypeError for what asks for nothing."""
    return _ACTS[click.data["act"]](request, click.data)


def _set(request: SamplingRequest, data: dict[str, Any]) -> SamplingRequest:
    if data["field"] not in SETTABLE:
        raise ValueError("no field of the bar")
    return request.with_(**{data["field"]: data["value"]})


def _choose(request: SamplingRequest, data: dict[str, Any]) -> SamplingRequest:
    chosen = "subject" if request.choosing == "A" else "second"
    return request.with_(**{chosen: str(data["picture"])})


def _group(request: SamplingRequest, data: dict[str, Any]) -> SamplingRequest:
    group = data["group"]
    if type(group) is not int:
        raise TypeError("not a whole number")
    if request.mode == "keep":  # once more on the last one that is kept leaves it out
        return request.with_(keep=group if request.keep == group + 1 else group + 1)
    if request.mode == "resample":
        return request.with_(group=group + 1)
    if request.mode == "mix":
        return request.with_(from_second=tuple(sorted(set(request.from_second) ^ {group})))
    raise ValueError("no choice of groups")


def _move(request: SamplingRequest, data: dict[str, Any]) -> SamplingRequest:
    """The attribute that was moved last stands last."""
    others = tuple(move for move in request.moves if move.name != data["name"])
    move = Move(name=data["name"], amount=data["value"])
    moves = (*others, move) if move.amount else others
    if len(moves) > MOST_MOVES:
        raise InvalidRequest(MOVED_ALL, most=MOST_MOVES)
    return request.with_(moves=moves)


def _swap(request: SamplingRequest, data: dict[str, Any]) -> SamplingRequest:
    return request.with_(subject=request.second, second=request.subject)


_ACTS: dict[str, Callable[[SamplingRequest, dict[str, Any]], SamplingRequest]] = {
    "set": _set,
    "choose": _choose,
    "group": _group,
    "move": _move,
    "swap": _swap,
}
