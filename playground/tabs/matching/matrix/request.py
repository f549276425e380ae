"""What may be asked of the panel: texts, and what to see of them: a heat map, a map, or answers to a query."""

from __future__ import annotations

from typing import ClassVar, Literal

from playground.runtime.requests import TabRequest, control
from playground.runtime.sessions import Attachment
from playground.tabs.matching.matrix.collections import Collection, language_of
from playground.tabs.matching.methods import METHODS, MINILM, available_models, methods_for

Exhibit = Literal["matrix", "map", "search", "quality"]
Projection = Literal["t-SNE", "PCA"]

FILES = (".txt", ".csv", ".tsv", ".jsonl")
MOST_PASTED = 200_000  # characters
SPOKEN = {method.model: method.language for method in METHODS if method.model is not None}


class MatrixRequest(TabRequest):
    """Many texts compared with each other or with a query."""

    tab: ClassVar[str] = "matching-matrix"

    exhibit: Exhibit = control(
        "matrix",
        title="Exhibit",
        help="All pairs as a heat map; the texts on a plane; answers to a query; or how good such answers are.",
        widget="choice",
    )
    collection: Collection = control(
        "messages-en",
        title="Texts",
        help="40 messages to a shop, or the sentences of the STS benchmark; your own texts replace them.",
        widget="choice",
    )
    texts: Attachment | None = control(
        None,
        title="Your texts",
        help="One a line, or a table with a column named text. Up to 100,000 for a search.",
        widget="file",
        accept=FILES,
    )
    pasted: str = control(
        "",
        title="Or pasted",
        help="One text a line.",
        widget="text",
        lines=3,
        max_length=MOST_PASTED,
        private=True,
        upload=True,
    )
    query: str = control(
        "I can't get into my account",
        title="Query",
        help="Every change is searched for at once.",
        widget="text",
        max_length=1_000,
    )
    model: str = control(
        MINILM,
        title="Encoder",
        help="Makes a vector of every text. Bundled texts are read by one of their language.",
        widget="model",
        pattern=r"^(zoo|hub|packaged|local)/[^/\s]+$",
        max_length=120,
    )
    rerank: bool = control(
        True,
        title="Re-rank",
        help="A cross-encoder reads the candidates together with the query and orders them anew.",
        widget="switch",
    )
    duplicate: float = control(
        0.8,
        title="Near-duplicates from",
        help="Pairs with this cosine or more are listed.",
        widget="slider",
        step=0.01,
        ge=0.3,
        le=1.0,
        view=True,
    )
    cluster: float = control(
        0.4,
        title="Clusters from",
        help="Clusters with this mean cosine between them, or more, become one.",
        widget="slider",
        step=0.01,
        ge=0.0,
        le=1.0,
        view=True,
    )
    projection: Projection = control(
        "t-SNE",
        title="Plane",
        help="t-SNE keeps neighbours together, PCA keeps the directions of most variance.",
        widget="choice",
    )
    candidates: int = control(
        20,
        title="Candidates",
        help="How many texts the encoder finds and the cross-encoder reads.",
        widget="slider",
        group="more",
        step=5,
        ge=5,
        le=100,
    )
    queries: int = control(
        40,
        title="Measured queries",
        help="Quality: sentences whose answers people have found.",
        widget="slider",
        group="more",
        step=10,
        ge=10,
        le=200,
    )
    perplexity: float = control(
        12.0,
        title="Perplexity",
        help="t-SNE: about how many neighbours each text keeps near.",
        widget="slider",
        group="more",
        step=1,
        ge=2,
        le=50,
    )
    seed: int = control(
        0,
        title="Seed",
        help="t-SNE: of its random numbers. Quality: draws the queries.",
        widget="number",
        group="more",
        step=1,
        ge=0,
        le=2**31 - 1,
    )

    def is_own(self) -> bool:
        """Whether texts were given, so that no bundled ones are read."""
        return self.texts is not None or bool(self.pasted.strip())

    def language(self) -> str:
        """The language of the texts, as far as it is known: that of the encoder where they are a visitor's own."""
        spoken = SPOKEN.get(self.model, "any")
        own = "en" if spoken == "any" else spoken
        return own if self.is_own() else language_of(self.collection)

    def encoder(self) -> str:
        """The encoder that is really taken: of another language's bundled texts, that language's first choice."""
        if self.is_own() or SPOKEN.get(self.model, "any") in ("any", self.language()):
            return self.model
        known = {method.id: method.model for method in methods_for(self.language(), available_models())}
        return known.get(f"cosent-{self.language()}") or known.get("bert-zh") or MINILM

    def reranker(self) -> str | None:
        """The id of the method that re-ranks, None where there is none for the language, or none is asked for."""
        methods = methods_for(self.language(), available_models()) if self.rerank else ()
        return next((method.id for method in methods if method.kind == "cross"), None)

    def models(self) -> tuple[str, ...]:
        """Ids of the models that the run leases."""
        reranker = self.reranker() if self.exhibit in ("search", "quality") else None
        crosses = [method.model for method in METHODS if method.id == reranker and method.model is not None]
        return (self.encoder(), *crosses)

    def estimate(self) -> float:
        """About how many seconds the run takes on two CPU cores."""
        count = {"messages-en": 40, "messages-zh": 40, "stsb-en": 1_931, "stsb-zh": 1_910}[self.collection]
        if self.is_own():
            count = self.pasted.count("\n") + 1 if self.texts is None else self.texts.size // 50 + 1
        seconds = 0.3 + 0.002 * count
        pairs = {"search": self.candidates, "quality": self.candidates * self.queries}.get(self.exhibit, 0)
        seconds += 0.005 * pairs * self.rerank
        return seconds + (0.004 * min(count, 1_000) if self.exhibit == "map" and self.projection == "t-SNE" else 0.0)
