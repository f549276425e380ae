"""A run as code: the same training with our class, its distances, and a picture drawn from noise."""

from __future__ import annotations

from playground.tabs.sampling.autoencoders.request import AutoencodersRequest

SNIPPET = """\
from models.nets.picture_features import PictureFeatures
from playground.tabs.sampling.autoencoders.request import AutoencodersRequest
from playground.tabs.sampling.autoencoders.training import Training
from playground.tabs.sampling.data import load

request = AutoencodersRequest(
{fields})
features = PictureFeatures.from_pretrained("models/{model}").eval()
training = Training(request, load(request.data), features)
while training.step < request.steps and training.advance():
    pass
told = training.measure()
for place, member in enumerate(training.members):
    model = member.model.eval()
    print(request.treatments[place], told.frechet[place], told.gap[place])
    print(model.decode(model.draw(pictures=4, seed=0)).shape)
"""


def snippet(request: AutoencodersRequest) -> str:
    """Code that trains all treatments of the request, measures them, and draws four pictures from N(0, I)."""
    fields = request.model_dump(exclude=set(request.view_fields()), exclude_defaults=True)
    lines = "".join(f"    {name}={value!r},\n" for name, value in fields.items())
    (model,) = request.models()
    return SNIPPET.format(fields=lines, model=model)
