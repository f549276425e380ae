"""A run as code: the same training with our class, and what each loss made of the ranking."""

from __future__ import annotations

from textwrap import indent

from playground.tabs.matching.train.request import MatchingTrainRequest

MAP = """\
from playground.tabs.matching.train.data import load
from playground.tabs.matching.train.linear_map import LinearMap
from playground.tabs.matching.train.request import MatchingTrainRequest
from playground.tabs.matching.train.training import Training

request = MatchingTrainRequest(
{fields})
data = load()
training = Training(request, data, lambda: LinearMap(data.vectors))
"""
LORA = """\
from playground.runtime.registry import registry
from playground.tabs.matching.train.data import load
from playground.tabs.matching.train.lora import LoraEncoder
from playground.tabs.matching.train.request import MatchingTrainRequest
from playground.tabs.matching.train.training import Training

request = MatchingTrainRequest(
{fields})
data = load()
with registry().lease("{model}") as loaded:
    training = Training(
        request, data, lambda: LoraEncoder(loaded.model, data.texts, request.rank, request.seed)
    )
"""
STEPS = """\
while training.step < request.steps and training.advance():
    pass
picture = training.measure()
for loss, accuracy, spearman in zip(request.losses, picture.accuracy, picture.spearman):
    print(loss, f"training accuracy {accuracy:.3f}, validation Spearman {spearman:.3f}")
"""


def snippet(request: MatchingTrainRequest) -> str:
    """Code that trains by all losses of the request and measures them."""
    given = request.model_dump(exclude=set(request.view_fields()), exclude_defaults=True)
    fields = "".join(f"    {name}={value!r},\n" for name, value in given.items())
    if request.trained == "map":
        return MAP.format(fields=fields) + STEPS
    return LORA.format(fields=fields, model=request.models()[0]) + indent(STEPS, "    ")
