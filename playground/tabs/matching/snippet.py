"""The tab's answer in Python, with our own functions."""

from __future__ import annotations

from playground.tabs.matching.request import MatchingRequest

SNIPPET = """\
from models.nets.sentence_vectors import SentenceEncoder
from playground.runtime.registry import registry

with registry().lease({model!r}) as loaded:
    encoder = SentenceEncoder(loaded.model, loaded.tokenizer)
    first, second = encoder.encode({texts!r})
    print(f"cosine {{float(first @ second):.4f}}")
    tokens, vectors = encoder.token_vectors({first!r})
    others, other_vectors = encoder.token_vectors({second!r})
    for token, cosines in zip(tokens, vectors @ other_vectors.T):
        print(token, "is nearest to", others[int(cosines.argmax())])
"""


def snippet(request: MatchingRequest) -> str:
    """Code that compares the request's texts with the first bi-encoder that it offers."""
    model = next(method.model for method in request.methods() if method.kind == "bi")
    return SNIPPET.format(model=model, texts=[request.a, request.b], first=request.a, second=request.b)
