"""What a click in the panel's picture makes of the shown request.

play, step, reset, view    see playground.ui.transport
add       the settings of the controls as one more variant
remove    a variant goes: variant
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playground.runtime.errors import InvalidRequest
from playground.tabs.sampling.hierarchy.request import MOST_STEPS, MOST_VARIANTS, HierarchyRequest, Variant
from playground.ui.tab_view import Click
from playground.ui.transport import Transport, whole

TRANSPORT = Transport(MOST_STEPS, play=300)
FULL = "At most {most} variants run side by side: remove one first."
KNOWN = "A variant with these settings is already there: change a setting at the left first."


def act(request: HierarchyRequest, click: Click) -> HierarchyRequest:
    """The request that the click asks for; KeyError, ValueError or TypeError for what asks for nothing."""
    asked: HierarchyRequest = _ACTS[click.data["act"]](request, click)
    return asked


def _add(request: HierarchyRequest, click: Click) -> HierarchyRequest:
    """Data, net, batch and seed stay those of the shown run."""
    controls = click.controls()
    if not isinstance(controls, HierarchyRequest):
        raise TypeError("the controls of another tab")
    if len(request.variants()) == MOST_VARIANTS:
        raise InvalidRequest(FULL, most=MOST_VARIANTS)
    new = controls.variants()[0]
    if new in request.variants():
        raise InvalidRequest(KNOWN)
    return request.with_(beside=(*request.beside, new), moment=1000)


def _remove(request: HierarchyRequest, click: Click) -> HierarchyRequest:
    gone, variants = whole(click.data["variant"]), request.variants()
    if not 0 <= gone < len(variants) or len(variants) == 1:
        raise ValueError("no such variant, or the last one")
    first, *beside = (*variants[:gone], *variants[gone + 1 :])
    own = {name: getattr(first, name) for name in Variant.model_fields}
    return request.with_(**own, beside=tuple(beside), moment=1000)


_ACTS: dict[str, Callable[[HierarchyRequest, Click], Any]] = {**TRANSPORT.acts(), "add": _add, "remove": _remove}
