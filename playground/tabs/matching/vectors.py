"""Texts as vectors, each text once: what was encoded before is remembered in this process, and nowhere else."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Generator, Sequence
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from playground.runtime.contracts import Context
from playground.runtime.errors import Cancelled
from playground.runtime.turns import STOPPED
from playground.tabs.matching.steps import Step

Vectors = npt.NDArray[np.float32]

BUDGET = 256 * 2**20  # bytes of vectors that are remembered for everybody
OWN_BUDGET = 192 * 2**20  # and for one visitor's uploads


class VectorCache:
    """The vectors used last, by model and by the SHA-256 of the text, within a budget of bytes.

    The leased module itself stands for the model's fingerprint: its vectors go when it is dropped from memory.
    """

    def __init__(self, budget: int) -> None:
        self._budget = budget
        self._lock = threading.Lock()
        self._of_model: WeakKeyDictionary[Any, OrderedDict[bytes, Vectors]] = WeakKeyDictionary()

    def find(self, model: Any, keys: Sequence[bytes]) -> dict[bytes, Vectors]:
        """The known ones of these vectors."""
        with self._lock:
            known = self._of_model.get(model, OrderedDict())
            found = {key: known[key] for key in keys if key in known}
            for key in found:
                known.move_to_end(key)
        return found

    def keep(self, model: Any, vectors: dict[bytes, Vectors]) -> None:
        """Remember vectors; those unused for longest give way, other models' first."""
        with self._lock:
            self._of_model.setdefault(model, OrderedDict()).update(vectors)
            for other in sorted(self._of_model, key=lambda each: each is model):
                self._shrink(self._of_model[other])

    @property
    def size(self) -> int:
        """Bytes of all vectors."""
        return sum(vector.nbytes for known in list(self._of_model.values()) for vector in list(known.values()))

    def _shrink(self, known: OrderedDict[bytes, Vectors]) -> None:
        excess = self.size - self._budget
        while excess > 0 and known:
            excess -= known.popitem(last=False)[1].nbytes


_shared = VectorCache(BUDGET)
_own: WeakKeyDictionary[Any, VectorCache] = WeakKeyDictionary()


def embed(
    context: Context, model_id: str, texts: Sequence[str], *, private: bool = False
) -> Generator[Step, None, Vectors]:
    """Unit vectors (N, D) of texts; `private` ones, of an upload, are remembered for this visitor alone.

    Raises:
        Cancelled: the run was stopped on the way.
    """
    from models.nets.sentence_vectors import SentenceEncoder

    cache = _own.setdefault(context.visitor, VectorCache(OWN_BUDGET)) if private else _shared
    keys = [content_hash(text) for text in texts]
    with context.lease(model_id) as loaded:
        encoder = SentenceEncoder(loaded.model, loaded.tokenizer)
        known = cache.find(loaded.model, keys)
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        new = yield from _encode(context, encoder, missing)
        cache.keep(loaded.model, new)
    known |= new
    return np.stack([known[key] for key in keys]) if keys else np.empty((0, encoder.dimension), np.float32)


def content_hash(text: str) -> bytes:
    """The SHA-256 of a text; half of a surrogate pair counts as itself."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def _encode(context: Context, encoder: Any, missing: dict[bytes, str]) -> Generator[Step, None, dict[bytes, Vectors]]:
    keys, texts = list(missing), list(missing.values())
    new: dict[bytes, Vectors] = {}
    for places, vectors in encoder.batches(texts):
        new |= zip((keys[place] for place in places), vectors.cpu().numpy(), strict=True)
        yield Step("encode", len(new), len(texts))
        if context.cancelled:
            raise Cancelled(STOPPED)
    return new
