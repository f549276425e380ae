from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from transformers import GPT2Config, GPT2LMHeadModel

from models.nets.rnn_lm import RecurrentConfig, RecurrentLM
from models.recipes.corpus import train_bpe
from playground.tabs.decoding import engine
from playground.tabs.decoding.request import DecodingRequest

VOCABULARY = 300
LINES = ["the old man went down to the sea and sat there", "élan vital 海上生明月", "a b c d e f g, h i j."]
Run = Callable[..., list[Any]]


@pytest.fixture(scope="session")
def tokenizer() -> Any:
    return train_bpe(LINES * 3, VOCABULARY)


@pytest.fixture(scope="session")
def make_rnn() -> Callable[..., RecurrentLM]:
    """Random networks peaked enough to repeat themselves; eos_bias says how soon they end."""

    def make(termination: str = "vanilla", *, cell: str = "tanh", eos_bias: float = 0.0, seed: int = 0, **config: Any):
        torch.manual_seed(seed)
        shape = {"vocab_size": VOCABULARY, "hidden_size": 32, "epsilon": 0.01} | config
        model = RecurrentLM(RecurrentConfig(cell=cell, termination=termination, **shape)).eval()
        torch.nn.init.normal_(model.embedding.weight, std=0.7)
        with torch.no_grad():
            model.decoder.bias[2] = eos_bias
            for name, weight in model.recurrence.named_parameters():
                if name.startswith("weight_hh"):
                    weight.mul_(0.6)  # forgets, so that states come back
        return model

    return make


@pytest.fixture(scope="session")
def gpt2() -> GPT2LMHeadModel:
    torch.manual_seed(1)
    shape = {"n_layer": 2, "n_head": 2, "n_embd": 32, "n_positions": 128, "vocab_size": VOCABULARY}
    model = GPT2LMHeadModel(GPT2Config(**shape, bos_token_id=1, eos_token_id=2)).eval()
    torch.nn.init.normal_(model.transformer.wte.weight, std=0.5)
    return model


@pytest.fixture(scope="session")
def family(make_rnn) -> dict[str, Any]:
    names = ("vanilla", "st", "nmst")
    return {f"zoo/tiny-{name}": make_rnn(name) for name in names}


class FakeContext:
    def __init__(self, models: dict[str, Any], tokenizer: Any) -> None:
        self.models, self.tokenizer = models, tokenizer
        self.cancelled = False
        self.leased: list[str] = []

    @contextmanager
    def lease(self, model: str) -> Iterator[Any]:
        self.leased.append(model)
        try:
            yield SimpleNamespace(model=self.models[model], tokenizer=self.tokenizer, device=torch.device("cpu"))
        finally:
            self.leased.remove(model)


@pytest.fixture
def context(family, tokenizer) -> FakeContext:
    return FakeContext(family, tokenizer)


@pytest.fixture(scope="session")
def run(family, tokenizer) -> Run:
    """All frames of a run; `model` stands in for the tiny family."""

    def run_it(model: Any = None, **fields: Any) -> list[Any]:
        request = DecodingRequest(**{"model": "zoo/tiny-vanilla", "prompt": "the old man", "length": 40} | fields)
        models = family if model is None else {request.model: model}
        return list(engine.run(request, FakeContext(models, tokenizer)))

    return run_it
