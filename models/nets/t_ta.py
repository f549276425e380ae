"""T-TA: every token's distribution given all the others, in one pass (Shin, Lee and Jung 2020, arXiv 2004.08097).

A masked language model needs n passes for the n conditionals p(token | rest of the sentence). The Transformer-based
text autoencoder needs one, since no path leads from a token to its own place:

1. the attention of place i does not see place i (the diagonal is masked);
2. keys and values are the embeddings at every layer, never the output of a layer, which has seen its neighbours;
3. queries start from the positions alone, and the residual sum runs over queries.

Give up any one of the three and a token reaches its own output; LEAKS names the three ways, for tests and pictures.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

Leak = Literal["none", "diagonal", "values", "queries"]
LEAKS: tuple[Leak, ...] = ("diagonal", "values", "queries")
MODEL_TYPE = "whybox-t-ta"
EPSILON = 1e-12  # of LayerNorm, as in BERT
SHARED = "words"  # the entry of the state that is not stored: it is another model's


@dataclass(frozen=True)
class TTAShape:
    """Shape of a T-TA: V words and D numbers each, which its word table must have, and L layers."""

    vocabulary: int
    width: int = 384
    layers: int = 4
    heads: int = 12
    inner: int = 1536
    longest: int = 128
    model_type: str = MODEL_TYPE


class QueryLayer(nn.Module):
    """One layer of BERT, but that the queries look at the embeddings of all other places."""

    def __init__(self, shape: TTAShape) -> None:
        super().__init__()
        self.heads = shape.heads
        self.query = nn.Linear(shape.width, shape.width)
        self.key = nn.Linear(shape.width, shape.width)
        self.value = nn.Linear(shape.width, shape.width)
        self.mix = nn.Linear(shape.width, shape.width)
        self.mixed = nn.LayerNorm(shape.width, eps=EPSILON)
        self.widen = nn.Linear(shape.width, shape.inner)
        self.narrow = nn.Linear(shape.inner, shape.width)
        self.fed = nn.LayerNorm(shape.width, eps=EPSILON)

    def forward(self, state: Tensor, values: Tensor, seen: Tensor) -> Tensor:
        """The queries' next state (B, T, D) from theirs and what they look at, both (B, T, D); seen (B, 1, T, T)."""
        query, key, value = map(self._by_head, (self.query(state), self.key(values), self.value(values)))
        looked = nn.functional.scaled_dot_product_attention(query, key, value, seen)  # (B, H, T, D / H)
        state = self.mixed(state + self.mix(looked.transpose(1, 2).flatten(2)))
        fed: Tensor = self.fed(state + self.narrow(nn.functional.gelu(self.widen(state))))
        return fed

    def _by_head(self, tensor: Tensor) -> Tensor:
        """(B, T, D) to (B, H, T, D / H)."""
        batch, count, _ = tensor.shape
        return tensor.view(batch, count, self.heads, -1).transpose(1, 2)


class TTA(nn.Module):
    """A T-TA over the word table `words` (V, D) of another model: shared at both ends, not copied, not trained."""

    def __init__(self, shape: TTAShape, words: nn.Parameter) -> None:
        super().__init__()
        if tuple(words.shape) != (shape.vocabulary, shape.width):
            raise ValueError(f"The word table is {tuple(words.shape)}, not {(shape.vocabulary, shape.width)}.")
        self.shape = shape
        self.words = words
        self.positions = nn.Parameter(torch.randn(shape.longest, shape.width) * 0.02)
        self.queries = nn.Parameter(torch.randn(shape.longest, shape.width) * 0.02)
        self.embedded = nn.LayerNorm(shape.width, eps=EPSILON)
        self.layers = nn.ModuleList(QueryLayer(shape) for _ in range(shape.layers))
        self.transform = nn.Sequential(
            nn.Linear(shape.width, shape.width), nn.GELU(), nn.LayerNorm(shape.width, eps=EPSILON)
        )
        self.bias = nn.Parameter(torch.zeros(shape.vocabulary))

    def forward(self, ids: Tensor, mask: Tensor, leak: Leak = "none") -> Tensor:
        """Logits (B, T, V) of every place given all other places of ids (B, T); mask (B, T) is 0 at padding."""
        return self.head(self.hidden(nn.functional.embedding(ids, self.words), mask, leak))

    def hidden(self, words: Tensor, mask: Tensor, leak: Leak = "none") -> Tensor:
        """State (B, T, D) of every place from the words' vectors (B, T, D), independent of the place's own.

        With a leak, it does depend on it, in the way named.

        Raises:
            ValueError: a row has fewer than two tokens, so that a place has nothing to look at, or too many.
        """
        width = words.shape[1]
        if not 2 <= int(mask.sum(dim=1).min()) <= width <= self.shape.longest:
            raise ValueError(f"Every row needs from 2 to {self.shape.longest} tokens.")
        embedded = self.embedded(words + self.positions[:width])
        others = ~torch.eye(width, dtype=torch.bool, device=words.device)
        seen = mask.bool()[:, None, None, :] & (others | (leak == "diagonal"))  # (B, 1, T, T)
        state = embedded if leak == "queries" else self.queries[:width].expand_as(embedded)
        for number, layer in enumerate(self.layers):
            state = layer(state, state if leak == "values" and number else embedded, seen)
        return state

    def head(self, state: Tensor) -> Tensor:
        """Logits (…, V) of states (…, D)."""
        return nn.functional.linear(self.transform(state), self.words, self.bias)


def load_t_ta(folder: Path, words: nn.Parameter) -> TTA:
    """The T-TA in a folder of the zoo, in float32, over the word table that it shares.

    Raises:
        ValueError: the folder's weights, its configuration and the word table do not belong together.
    """
    try:
        shape = TTAShape(**json.loads((folder / "config.json").read_text(encoding="utf-8")))
        if shape.model_type != MODEL_TYPE:
            raise TypeError("another kind of model")
        with torch.device("meta"):  # a size costs nothing before it is known to be the file's
            model = TTA(shape, nn.Parameter(torch.empty(words.shape)))
        stored = {name: tensor.float() for name, tensor in load_file(folder / "model.safetensors").items()}
        model.load_state_dict({**stored, SHARED: words}, assign=True)
    except (OSError, TypeError, RuntimeError) as error:
        raise ValueError(f"{folder.name} holds no T-TA over this word table.") from error
    model.words = words
    return model
