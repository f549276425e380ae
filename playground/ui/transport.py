"""The bar above a live training: play, step, reset, speed; and what its buttons make of the shown request.

play     on to the end of a paused run, or so many steps beyond the end of a finished one
step     so many steps more: steps
reset    back to step 0
view     another way to draw: field, value
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, Self, TypeVar

from playground.runtime.errors import InvalidRequest
from playground.runtime.watched import Speed
from playground.ui.acts import act_button, act_switch
from playground.ui.html import element
from playground.ui.tab_view import Click
from playground.ui.translations import translate

STEPS = (1, 10, 100)
PACES: Mapping[str, float] = {"full": 0.0, "slow": 0.25, "slowest": 1.0}  # least seconds that a picture stays
AT_THE_END = "A run has at most {most:,} steps: press Reset to start again."


class LiveRequest(Protocol):
    """The request of a live training: a `Watched` one with `steps`."""

    steps: int
    speed: Speed
    moment: int

    def with_(self, **changes: Any) -> Self:
        """The same with some fields changed, validated again."""
        ...

    @classmethod
    def view_fields(cls) -> frozenset[str]:
        """Names of the fields that change only how a run is drawn."""
        ...


R = TypeVar("R", bound=LiveRequest)


def pace(request: LiveRequest) -> float:
    """How long each picture stays at least, in seconds."""
    return PACES[request.speed]


def transport_html(request: LiveRequest, most_steps: int, language: str, *more: str) -> str:
    """The buttons, with `more` at the end; while a run goes on, each stops it first and goes on from there."""
    over = request.steps >= most_steps
    play = act_button(f"▶ {translate(language, 'Play')}", {"act": "play"}, "chip small play", disabled=over)
    steps = [
        act_button(f"+{steps}", {"act": "step", "steps": steps}, "", aria_label=_said(steps, language), disabled=over)
        for steps in STEPS
    ]
    return element(
        "div",
        play,
        element("span", *steps, class_="switch", role="group", aria_label=translate(language, "Step")),
        act_button(translate(language, "Reset"), {"act": "reset"}),
        _speed(request, language),
        *more,
        class_="transport",
        role="toolbar",
        aria_label=translate(language, "Training"),
    )


@dataclass(frozen=True)
class Transport:
    """What the bar's buttons ask for: Play adds `play` steps to a finished run; none has more than `most_steps`."""

    most_steps: int
    play: int

    def act(self, request: R, click: Click) -> R:
        """The request that a click asks for; KeyError, ValueError or TypeError for what asks for nothing."""
        asked: R = self.acts()[click.data["act"]](request, click)
        return asked

    def acts(self) -> dict[str, Callable[[Any, Click], Any]]:
        """All acts by name, for a tab that has more of them."""
        return {"play": self.go_on, "step": self.go_further, "reset": reset, "view": show}

    def go_on(self, request: R, click: Click) -> R:
        """To the end of a paused run, or beyond that of a finished one."""
        at = stands_at(request, click)
        return self.until(request, request.steps if at < request.steps else at + self.play, at)

    def go_further(self, request: R, click: Click) -> R:
        """So many steps more."""
        at, steps = stands_at(request, click), whole(click.data["steps"])
        if steps < 1:
            raise ValueError("no step forward")
        return self.until(request, at + steps, at)

    def until(self, request: R, steps: int, at: int) -> R:
        """The run up to so many steps, or as many as there may be; InvalidRequest where it stands at the end of all."""
        if at >= self.most_steps:
            raise InvalidRequest(AT_THE_END, most=self.most_steps)
        return request.with_(steps=min(steps, self.most_steps), moment=1000)


def reset(request: R, click: Click) -> R:
    """Step 0 of the shown run."""
    return request.with_(steps=0, moment=1000)


def show(request: R, click: Click) -> R:
    """The same run, drawn otherwise."""
    if click.data["field"] not in request.view_fields():
        raise ValueError("no field of the view")
    return request.with_(**{click.data["field"]: click.data["value"]})


def stands_at(request: LiveRequest, click: Click) -> int:
    """The step at which the shown run stands."""
    return request.steps if click.paused_at is None else click.paused_at


def whole(value: Any) -> int:
    """A number that came from the browser; TypeError for anything but a whole one."""
    if type(value) is not int:
        raise TypeError("not a whole number")
    return value


def _speed(request: LiveRequest, language: str) -> str:
    options = [
        (translate(language, speed), {"act": "view", "field": "speed", "value": speed}, request.speed == speed)
        for speed in PACES
    ]
    return act_switch(translate(language, "Speed:"), options)


def _said(steps: int, language: str) -> str:
    return translate(language, "{steps} steps more", steps=steps)
