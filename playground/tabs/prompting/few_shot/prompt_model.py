"""A masked language model whose upper layers and head are its own to train; the rest stays the leased model's."""

from __future__ import annotations

import copy
from typing import Any

import torch
from torch import Tensor, nn

from playground.runtime.loaders import Loaded
from playground.tabs.prompting.few_shot.layers import body_of, run_layers


class PromptModel(nn.Module):
    """Copies of the upper `trained` layers and of the head of a leased model; the word table is shared and frozen."""

    def __init__(self, loaded: Loaded, trained: int) -> None:
        super().__init__()
        model: Any = loaded.model
        layers = body_of(loaded).layers
        decoder = model.get_output_embeddings()
        self.first = max(0, len(layers) - trained)
        self.layers = nn.ModuleList(copy.deepcopy(layer) for layer in layers[self.first :])
        self.head = _without_decoder(getattr(model, "cls", None) or model.lm_head, decoder)
        self.bias = nn.Parameter(decoder.bias.detach().clone())  # (V,)
        self.requires_grad_(True)
        self._words = (decoder.weight,)  # in a tuple: not a parameter of this module

    def forward(self, states: Tensor, mask: Tensor, places: Tensor) -> Tensor:
        """What the head makes of the frozen layers' states (B, T, D) at places (B, M), before the words: (B, M, D)."""
        answer: Tensor = self.head(run_layers(self.layers, states, mask, places))
        return answer

    def logits(self, answers: Tensor, ids: Tensor | None = None) -> Tensor:
        """Logits in float32 (…, V) of answers (…, D), or of the words in ids (W,) alone (…, W)."""
        (words,) = self._words
        table, bias = (words, self.bias) if ids is None else (words[ids], self.bias[ids])
        return nn.functional.linear(answers, table, bias.to(answers.dtype)).float()

    def installed(self, loaded: Loaded) -> nn.Module:
        """A whole model, a copy of the leased one with the trained parts in it, to be saved and used elsewhere."""
        whole: Any = copy.deepcopy(loaded.model)
        layers = whole.base_model.encoder.layer
        for place, layer in enumerate(self.layers, start=self.first):
            layers[place].load_state_dict(layer.state_dict())
        head = getattr(whole, "cls", None) or whole.lm_head
        trained = {name: value for name, value in self.head.state_dict().items() if "decoder" not in name}
        head.load_state_dict(trained, strict=False)
        with torch.no_grad():
            whole.get_output_embeddings().bias.copy_(self.bias)
        result: nn.Module = whole
        return result


def _without_decoder(head: nn.Module, decoder: nn.Module) -> nn.Module:
    """A copy of the head that ends before the projection onto the vocabulary."""
    shared = {id(parameter): parameter for parameter in decoder.parameters()}
    own: Any = copy.deepcopy(head, memo=dict(shared))
    inner = own.predictions if hasattr(own, "predictions") else own
    inner.decoder = nn.Identity()
    if hasattr(inner, "bias"):
        del inner.bias
    result: nn.Module = own
    return result
