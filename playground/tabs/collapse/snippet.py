"""A run as code: the same training with our class, and the measures and verdict of its end."""

from __future__ import annotations

from playground.tabs.collapse.request import CollapseRequest

SNIPPET = """\
import numpy as np

from playground.tabs.collapse.data import load
from playground.tabs.collapse.request import CollapseRequest
from playground.tabs.collapse.training import Training
from playground.tabs.collapse.verdict import Reading, verdict

request = CollapseRequest.model_validate({fields})
data = load(request, {attachment})
training = Training(request, data)
start = training.measure()
for _ in range(request.steps):
    training.advance()
now = training.measure()
for place, variant in enumerate(request.variants()):
    reading = Reading(
        dimension=variant.dimension,
        step=now.step,
        std=now.std[place],
        rank=now.rank[place],
        loss=now.loss[place],
        knn=now.knn[place],
        start_knn=start.knn[place],
        chance=np.bincount(data.labels).max() / len(data.labels),
        rows=len(data.labels),
    )
    found = verdict(reading)
    print(place, found.kind, found.reason)
"""
NO_FILE = "lambda: b''"
A_FILE = "lambda: open({name!r}, 'rb').read()"


def snippet(request: CollapseRequest) -> str:
    """Code that trains all variants of the request."""
    fields = request.model_dump(mode="json", exclude=set(request.view_fields()), exclude_defaults=True)
    if "schedule" in fields:
        fields["schedule"] = [str(change) for change in request.schedule]
    attachment = NO_FILE if request.images is None else A_FILE.format(name=request.images.name)
    return SNIPPET.format(fields=_written(fields), attachment=attachment)


def _written(value: object, depth: int = 0) -> str:
    """A value as Python, a line each entry of a dictionary or list that is not empty."""
    inner, outer = "    " * (depth + 1), "    " * depth
    if isinstance(value, dict) and value:
        entries = (f"{inner}{key!r}: {_written(each, depth + 1)},\n" for key, each in value.items())
        return "{\n" + "".join(entries) + outer + "}"
    if isinstance(value, list) and value and not isinstance(value[0], int | list):
        return "[\n" + "".join(f"{inner}{_written(each, depth + 1)},\n" for each in value) + outer + "]"
    return repr(value)
