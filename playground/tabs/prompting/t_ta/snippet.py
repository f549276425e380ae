"""The panel's scores in anybody's Python."""

from __future__ import annotations

from playground.tabs.prompting.t_ta.request import T_TA, TTARequest

SNIPPET = """\
import torch

from playground.runtime.registry import registry

sentences = {sentences!r}
with registry().lease({model!r}) as loaded:
    for sentence in sentences:
        ids = loaded.tokenizer(sentence, return_tensors="pt").input_ids
        with torch.no_grad():
            log_p = loaded.model(ids, torch.ones_like(ids)).log_softmax(dim=-1)
        own = log_p[0].gather(1, ids[0, :, None])[1:-1, 0]  # every token given all others
        tokens = loaded.tokenizer.convert_ids_to_tokens(ids[0, 1:-1])
        print(round(float(own.sum()), 2), tokens[int(own.argmin())])
"""
INFLUENCE = """\
from models.nets.t_ta import LEAKS
from playground.runtime.registry import registry
from playground.tabs.prompting.t_ta.readings import influence

with registry().lease({model!r}) as loaded:
    ids = loaded.tokenizer({sentence!r}).input_ids
    for leak in ("none", *LEAKS):
        print(leak, float(influence(loaded.model, ids, leak).diagonal().max()))
"""


def snippet(request: TTARequest) -> str:
    """Code that scores the sentences of the request in one pass each, or measures the first one's influences."""
    sentences = list(request.lines()) or ["A sentence."]
    if request.exhibit == "influence":
        return INFLUENCE.format(model=T_TA, sentence=sentences[0])
    return SNIPPET.format(model=T_TA, sentences=sentences)
