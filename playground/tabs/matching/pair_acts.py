"""What a click in the panel's picture asks for: another criterion, or another method's tokens."""

from __future__ import annotations

from playground.tabs.matching.request import MatchingRequest
from playground.ui.tab_view import Click


def act(request: MatchingRequest, click: Click) -> MatchingRequest:
    """The request drawn in another way. KeyError, ValueError or TypeError for what asks for nothing."""
    ((name, value),) = click.data.items()
    if name not in ("criterion", "aligned"):
        raise KeyError(name)
    return request.with_(**{name: str(value)})
