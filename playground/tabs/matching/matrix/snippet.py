"""A run as code: vectors of the same texts, then all pairs, points on a plane, or a search."""

from __future__ import annotations

from playground.tabs.matching.matrix.request import MatrixRequest

BEGINNING = """\
{path}from models.nets.sentence_vectors import SentenceEncoder
from playground.runtime.registry import registry
{imports}
texts = {texts}
with registry().lease({model!r}) as loaded:
    encoder = SentenceEncoder(loaded.model, loaded.tokenizer)
    vectors = encoder.encode(texts).numpy(){more}
"""
BUNDLED = "load_collection({collection!r})"
OWN = "Path({name!r}).read_text('utf-8').splitlines()"
IMPORT_OWN = "from pathlib import Path\n\n"
IMPORT_BUNDLED = "from playground.tabs.matching.matrix.collections import load_collection"
IMPORTS = {
    "matrix": "from playground.tabs.matching.matrix.clustering import clusters, linkage",
    "map": "from playground.tabs.matching.matrix.projection import principal_components, t_sne",
    "search": "from playground.tabs.matching.nearest import search",
}
ENDINGS = {
    "matrix": """\
for cluster, text in sorted(zip(clusters(linkage(vectors), {cluster}), texts)):
    print(cluster, text)
""",
    "map": """\
points, _ = principal_components(vectors)
for points in t_sne(vectors, points, {perplexity}, {seed}):
    pass
for (x, y), text in zip(points, texts):
    print(round(float(x), 2), round(float(y), 2), text)
""",
    "search": """\
places, cosines = search(vectors, query[0], {candidates})
for place, cosine in zip(places, cosines):
    print(round(float(cosine), 3), texts[place])
""",
}
PLANE = """\
points, _ = principal_components(vectors)
for (x, y), text in zip(points, texts):
    print(round(float(x), 2), round(float(y), 2), text)
"""
QUERY = "\n    query = encoder.encode([{query!r}]).numpy()"


def snippet(request: MatrixRequest) -> str:
    """Code that prints clusters, points or answers; the quality of a search is left to the page."""
    kind = "search" if request.exhibit == "quality" else request.exhibit
    own = request.is_own()
    imports = [IMPORTS[kind]] if own else [IMPORTS[kind], IMPORT_BUNDLED]
    name = request.texts.name if request.texts else "texts.txt"
    beginning = BEGINNING.format(
        path=IMPORT_OWN if own else "",
        imports="\n".join(sorted(imports)) + "\n",
        texts=OWN.format(name=name) if own else BUNDLED.format(collection=request.collection),
        model=request.encoder(),
        more=QUERY.format(query=request.query) if kind == "search" else "",
    )
    ending = PLANE if request.projection == "PCA" and kind == "map" else ENDINGS[kind]
    return beginning + ending.format(**request.model_dump())
