"""A run as code: the same training with our class, and the KL of every group at its end."""

from __future__ import annotations

from playground.tabs.sampling.hierarchy.request import HierarchyRequest

SNIPPET = """\
from playground.tabs.sampling.data import load
from playground.tabs.sampling.hierarchy.request import HierarchyRequest
from playground.tabs.sampling.hierarchy.training import Training
from playground.tabs.sampling.hierarchy.verdict import active_units

request = HierarchyRequest.model_validate({fields})
training = Training(request, load(request.data))
while training.step < request.steps and training.advance():
    pass
last = training.measure()
for variant, kl in zip(request.variants(), last.kl):
    print(variant, kl.sum(1), active_units(kl))
"""


def snippet(request: HierarchyRequest) -> str:
    """Code that trains all variants of the request."""
    fields = request.model_dump(mode="json", exclude=set(request.view_fields()), exclude_defaults=True)
    return SNIPPET.format(fields=repr(fields))
