"""A run as code: the same with our own functions."""

from __future__ import annotations

from playground.tabs.sampling.critic.request import CriticRequest

CRITICS = """\
from playground.tabs.sampling.critic.request import CriticRequest
from playground.tabs.sampling.critic.sources import source
from playground.tabs.sampling.critic.training import Training

request = CriticRequest({fields})
training = Training(request, source(request.data))
for _ in range(request.steps):
    training.advance()
now = training.measure()
for place, critic in enumerate(request.critics):
    print(critic, now.estimate[place], now.exact[place], now.distance[place])
"""
BATCHES = """\
import numpy as np

from playground.tabs.sampling.critic.comparing import distances, {ground}
{data}
found = list(distances(ground, batch={batch}, repeats={repeats}, seed={seed}))
print("another batch, the mean, k-means centres:", np.mean(found, axis=0))
"""
NORMAL = """
ground = normal_ground(dimension={dimension}, seed={seed})"""
DIGITS = """from playground.tabs.sampling.data import load

digits = load("digits")
train, kept = (each.flatten(1).double().numpy() for each in (digits.train, digits.test))
ground = principal_ground(train, kept, dimension={dimension})"""


def snippet(request: CriticRequest) -> str:
    """A few lines that do what the request asks for."""
    if request.exhibit == "critics":
        fields = request.model_dump(exclude=set(request.view_fields()), exclude_defaults=True)
        return CRITICS.format(fields=", ".join(f"{name}={value!r}" for name, value in fields.items()))
    values = request.model_dump()
    normal = request.ground == "normal"
    data = (NORMAL if normal else DIGITS).format(**values)
    return BATCHES.format(**values | {"ground": "normal_ground" if normal else "principal_ground", "data": data})
