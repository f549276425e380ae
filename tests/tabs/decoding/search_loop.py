"""The loop around a search, over any model or over a table of probabilities."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from transformers import T5Config, T5ForConditionalGeneration

from playground.tabs.decoding.hypotheses import Advance, Node, Search

START = 0  # what a T5 decoder starts with


def tiny_t5() -> T5ForConditionalGeneration:
    """A random network with the shape of T5, peaked enough to have preferences."""
    torch.manual_seed(4)
    shape = {"d_model": 32, "d_kv": 16, "d_ff": 64, "num_layers": 2, "num_heads": 2, "vocab_size": 300}
    config = T5Config(**shape, decoder_start_token_id=START, eos_token_id=1, pad_token_id=0)
    model = T5ForConditionalGeneration(config).eval()
    torch.nn.init.normal_(model.shared.weight, std=4.0)
    return model


class ModelReader:
    """Reads tokens with a model, one pass a step; processors act on log-probabilities as in `generate`."""

    def __init__(self, model: Any, prompt: list[int], processors: tuple[Any, ...] = ()) -> None:
        self.model, self.prompt, self.processors = model, torch.tensor([prompt]), processors

    @torch.inference_mode()
    def start(self, width: int) -> Tensor:
        prompt = self.prompt.expand(width, -1)
        self.extra, self.histories = {}, prompt
        if self.model.config.is_encoder_decoder:
            self.extra = {"encoder_outputs": self.model.get_encoder()(prompt)}
            self.histories = torch.full((width, 1), START)
        self.hidden_of_prompt = all_hidden(self.model, self.prompt, self.histories[:1])
        return self._forward(self.histories, None)

    @torch.inference_mode()
    def read(self, advance: Advance) -> Tensor:
        self.cache.reorder_cache(advance.parents)
        self.histories = torch.cat([self.histories[advance.parents], advance.tokens[:, None]], dim=1)
        return self._forward(advance.tokens[:, None], self.cache)

    def _forward(self, ids: Tensor, cache: Any) -> Tensor:
        name = "decoder_input_ids" if self.extra else "input_ids"
        asked = {"past_key_values": cache, "use_cache": True, "output_hidden_states": True}
        output = self.model(**{name: ids}, **asked, **self.extra)
        self.cache = output.past_key_values
        layers = output.get("decoder_hidden_states" if self.extra else "hidden_states")
        self.hidden = layers[-1][:, -1] if layers else self.cache.hidden[-1]
        log_p = output.logits[:, -1].float().log_softmax(dim=-1)
        for processor in self.processors:
            log_p = processor(self.histories, log_p)
        return log_p


@torch.inference_mode()
def all_hidden(model: Any, prompt: Tensor, read: Tensor) -> Tensor:
    """The last layer's hidden states (T, D) of what stands before the next token, from scratch."""
    if model.config.is_encoder_decoder:
        return model(prompt, decoder_input_ids=read, output_hidden_states=True).decoder_hidden_states[-1][0]
    if hasattr(model, "recurrence"):
        return model.recurrence(model.embedding(read))[0][0]
    return model(read, output_hidden_states=True).hidden_states[-1][0]


class TableReader:
    """A made-up model: log_p(history) is any function of the tokens so far."""

    hidden = None

    def __init__(self, log_p: Any) -> None:
        self.log_p = log_p

    def start(self, width: int) -> Tensor:
        self.histories: list[tuple[int, ...]] = [()] * width
        return self._rows()

    def read(self, advance: Advance) -> Tensor:
        pairs = zip(advance.parents.tolist(), advance.tokens.tolist(), strict=True)
        self.histories = [(*self.histories[parent], token) for parent, token in pairs]
        return self._rows()

    def _rows(self) -> Tensor:
        return torch.stack([self.log_p(history) for history in self.histories])


def steps(search: Search, reader: Any) -> list[Advance]:
    """Everything a search does until it is over."""
    log_p = reader.start(search.width)
    if search.reads_hidden:
        search.begin(reader.hidden_of_prompt)
    advances = [search.advance(log_p, reader.hidden)]
    while not advances[-1].over:
        log_p = reader.read(advances[-1])
        advances.append(search.advance(log_p, reader.hidden))
    return advances


def nodes_of(advances: list[Advance]) -> list[Node]:
    nodes = [node for advance in advances for node in advance.nodes]
    assert [node.node for node in nodes] == list(range(len(nodes)))
    return nodes


def path(nodes: list[Node], head: int) -> list[int]:
    """The tokens on the way from the root to a node."""
    tokens = []
    while head >= 0:
        tokens.append(nodes[head].token)
        head = nodes[head].parent
    return tokens[::-1]


def answer(search: Search, reader: Any) -> list[int]:
    """The tokens of the best hypothesis."""
    return path(nodes_of(steps(search, reader)), search.best())
