"""The panel's question in anybody's Python."""

from __future__ import annotations

from playground.tabs.matching.probe.request import ProbeRequest

SNIPPET = """\
from models.nets.sentence_vectors import SentenceEncoder
from playground.runtime.registry import registry
from playground.tabs.matching.probe.probe_set import PHENOMENA, load_items

items = load_items({language!r})
with registry().lease({model!r}) as loaded:
    encoder = SentenceEncoder(loaded.model, loaded.tokenizer)
    text, same, different = (
        encoder.encode([getattr(item, name) for item in items]) for name in ("text", "same", "different")
    )
right = (text * same).sum(dim=1) > (text * different).sum(dim=1)
for phenomenon in PHENOMENA:
    own = [int(right[place]) for place, item in enumerate(items) if item.phenomenon == phenomenon]
    print(phenomenon, f"{{sum(own)}} of {{len(own)}}")
"""


def snippet(request: ProbeRequest) -> str:
    """Code that counts for each phenomenon how often the first bi-encoder of the language is right."""
    model = next(method.model for method in request.methods() if method.kind == "bi")
    return SNIPPET.format(language=request.language, model=model)
