"""A run as code: the seconds of each method for one pair and for one query against N texts."""

from __future__ import annotations

from playground.tabs.matching.interaction.request import InteractionRequest

SNIPPET = """\
from playground.runtime.recording import Leases
from playground.tabs.matching.interaction.engine import run
from playground.tabs.matching.interaction.request import InteractionRequest
from playground.tabs.matching.interaction.view import fold

request, view = InteractionRequest(language={language!r}, power={power}, repeats={repeats}), None
for frame in run(request, Leases()):
    view = fold(view, frame)
for cost in view.costs(request):
    print(cost.method, f"{{cost.one_pair:.4f}} s a pair, {{cost.cached:.4f}} s against {{request.texts}}")
"""


def snippet(request: InteractionRequest) -> str:
    """Code that times the methods of the request and prints what they cost."""
    return SNIPPET.format(**request.model_dump())
