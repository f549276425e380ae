"""What a click in the decoding tab's picture makes of the shown request.

branch   every row goes on from an alternative: row, step, token
whole    take all branches back
inspect  look into a step: row, step
close    look into none
swap     two parts of a row's decoder change places: row, first, second
reply    a chat goes on with a reply: text
view     another way to draw: field, value
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playground.tabs.decoding.request import DecodingRequest
from playground.ui.tab_view import Click, Draft


def act(request: DecodingRequest, click: Click) -> DecodingRequest | Draft:
    """The request that the click asks for; KeyError, ValueError or TypeError for what asks for nothing."""
    return _ACTS[click.data["act"]](request, click.data)


def _branch(request: DecodingRequest, data: dict[str, Any]) -> DecodingRequest:
    branch = f"{data['row']}:{data['step']}:{data['token']}"
    return request.with_(branch=(*request.branch, branch), inspect=None)


def _whole(request: DecodingRequest, data: dict[str, Any]) -> DecodingRequest:
    return request.with_(branch=(), inspect=None)


def _inspect(request: DecodingRequest, data: dict[str, Any]) -> DecodingRequest:
    return request.with_(inspect=f"{data['row']}:{data['step']}")


def _close(request: DecodingRequest, data: dict[str, Any]) -> DecodingRequest:
    return request.with_(inspect=None)


def _swap(request: DecodingRequest, data: dict[str, Any]) -> DecodingRequest:
    """The inspected step stays, on the row's new place: a row of that name may have been there already."""
    row = int(data["row"])
    parts = request.decoders[row].split("+")
    first, second = parts.index(data["first"]), parts.index(data["second"])
    parts[first], parts[second] = parts[second], parts[first]
    names = list(request.decoders)
    names[row] = "+".join(parts)
    swapped = request.with_(decoders=tuple(names), inspect=None)
    step = request.inspect.step if request.inspect else 0
    return swapped.with_(inspect=f"{swapped.decoders.index(names[row])}:{step}")


def _reply(request: DecodingRequest, data: dict[str, Any]) -> Draft:
    """The reply on a line of its own, and an empty one for the next turn."""
    reply = " ".join(str(data["text"]).split())
    return Draft(request.with_(prompt=f"{request.prompt.strip()}\n{reply}\n", branch=(), inspect=None))


def _view(request: DecodingRequest, data: dict[str, Any]) -> DecodingRequest:
    if data["field"] not in request.view_fields():
        raise ValueError("no field of the view")
    return request.with_(**{data["field"]: data["value"]})


_ACTS: dict[str, Callable[[DecodingRequest, dict[str, Any]], DecodingRequest | Draft]] = {
    "branch": _branch,
    "whole": _whole,
    "inspect": _inspect,
    "close": _close,
    "swap": _swap,
    "reply": _reply,
    "view": _view,
}
