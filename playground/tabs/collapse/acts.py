"""What a click in the collapse tab's picture makes of the shown request.

play     600 steps more, or on to the end of a paused run
step     so many steps more: steps
reset    back to step 0, without the changes in the middle
add      the settings of the controls as one more variant
remove   a variant goes: variant
change   a variant has another value from here on: variant, field, value
view     another way to draw: field, value
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playground.runtime.errors import InvalidRequest
from playground.tabs.collapse.request import MOST_STEPS, MOST_VARIANTS, Change, CollapseRequest, Variant
from playground.ui.tab_view import Click
from playground.ui.transport import Transport, reset, stands_at, whole

TRANSPORT = Transport(MOST_STEPS, play=600)
AFTER_CHANGE = 300  # steps that a finished run goes on with a change
MOST_CHANGES = 100
FULL = "At most {most} variants run side by side: remove one first."
KNOWN = "A variant with these settings is already there: change a setting at the left first."
LAST = "One variant has to stay: add another one first."
CHANGED_OFTEN = "A run takes at most {most} changes: press Reset to start again."


def act(request: CollapseRequest, click: Click) -> CollapseRequest:
    """The request that the click asks for; KeyError, ValueError or TypeError for what asks for nothing."""
    return _ACTS[click.data["act"]](request, click)


def _reset(request: CollapseRequest, click: Click) -> CollapseRequest:
    return reset(request, click).with_(schedule=())


def _add(request: CollapseRequest, click: Click) -> CollapseRequest:
    """Data, batch and seed stay those of the shown run."""
    controls = click.controls()
    if not isinstance(controls, CollapseRequest):
        raise TypeError("the controls of another tab")
    if request.variant_count() == MOST_VARIANTS:
        raise InvalidRequest(FULL, most=MOST_VARIANTS)
    new = controls.variants()[0]
    if new in request.variants():
        raise InvalidRequest(KNOWN)
    return request.with_(beside=(*request.beside, new), moment=1000)


def _remove(request: CollapseRequest, click: Click) -> CollapseRequest:
    gone = whole(click.data["variant"])
    if not 0 <= gone < request.variant_count():
        raise ValueError("no such variant")
    if request.variant_count() == 1:
        raise InvalidRequest(LAST)
    first, *beside = (variant for place, variant in enumerate(request.variants()) if place != gone)
    schedule = [
        change.model_copy(update={"variant": change.variant - (change.variant > gone)})
        for change in request.schedule
        if change.variant != gone
    ]
    return request.with_(**_values(first), beside=tuple(beside), schedule=tuple(schedule), moment=1000)


def _change(request: CollapseRequest, click: Click) -> CollapseRequest:
    """The change acts from where the run stands; one made before at the same place is taken back."""
    at = stands_at(request, click)
    change = Change(step=at, **{name: click.data[name] for name in ("variant", "field", "value")})
    place = (change.step, change.variant, change.field)
    others = [each for each in request.schedule if (each.step, each.variant, each.field) != place]
    without = request.with_(schedule=tuple(others))
    if getattr(without.variants_at(at)[change.variant], change.field) != change.value:
        others.append(change)
    if len(others) > MOST_CHANGES:
        raise InvalidRequest(CHANGED_OFTEN, most=MOST_CHANGES)
    scheduled = request.with_(schedule=tuple(sorted(others, key=lambda each: each.step)))
    return TRANSPORT.until(scheduled, request.steps if at < request.steps else at + AFTER_CHANGE, at)


def _values(variant: Variant) -> dict[str, Any]:
    return {name: getattr(variant, name) for name in Variant.model_fields}


_ACTS: dict[str, Callable[[CollapseRequest, Click], CollapseRequest]] = {
    **TRANSPORT.acts(),
    "reset": _reset,
    "add": _add,
    "remove": _remove,
    "change": _change,
}
