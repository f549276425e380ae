from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest
import torch

from playground.tabs.matching.train import data, engine, lora, training
from playground.tabs.matching.train.frames import TrainFrame
from playground.tabs.matching.train.lora import LoraEncoder, LoraLinear
from tests.tabs.matching.train.runs import Quiet, asked, few_pairs
from tests.tiny_sentence_encoder import tiny_sentence_encoder

TEXTS = ("the cat sat", "a dog ran over the old bridge", "the cat sat", "no")
ROWS = torch.arange(len(TEXTS))


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    return tiny_sentence_encoder(tmp_path_factory.mktemp("encoder"))


@pytest.fixture
def encoder(loaded, monkeypatch):
    monkeypatch.setattr(lora, "has_bfloat16", lambda: False)
    return LoraEncoder(loaded.model, TEXTS, rank=2, seed=0)


def test_it_adds_the_product_of_two_small_matrices():
    frozen = torch.nn.Linear(6, 4)
    adapted = LoraLinear(frozen, 2, torch.Generator().manual_seed(0))
    torch.nn.init.normal_(adapted.b)
    x = torch.randn(3, 6)
    whole = torch.nn.functional.linear(x, frozen.weight + adapted.b @ adapted.a, frozen.bias)
    assert torch.allclose(adapted(x), whole, atol=1e-5)


def test_it_starts_as_the_encoder_itself(encoder, loaded):
    assert np.allclose(encoder(ROWS).detach().numpy(), loaded.model.encode(list(TEXTS)), atol=1e-5)


def test_sentences_come_in_chunks_without_a_gradient(encoder, monkeypatch):
    monkeypatch.setattr(lora, "CHUNK", 3)
    first, last = encoder.chunks(ROWS)
    assert torch.allclose(torch.cat([first, last]), encoder(ROWS), atol=1e-5)
    assert not first.requires_grad


def test_only_the_small_matrices_are_learnt_and_kept(encoder, loaded):
    before = {name: tensor.clone() for name, tensor in loaded.model.state_dict().items()}
    assert {name.split(".")[-1] for name in encoder.state_dict()} == {"a", "b"}
    optimiser = torch.optim.Adam(encoder.parameters(), 0.1)
    encoder(ROWS).sum().backward()
    optimiser.step()
    assert not any(layer.b.eq(0).all() for layer in encoder.layers)
    assert all(torch.equal(tensor, before[name]) for name, tensor in loaded.model.state_dict().items())


def test_a_run_trains_the_encoder_that_it_leases(loaded, monkeypatch):
    class Lending(Quiet):
        @contextmanager
        def lease(self, model):
            assert model == "packaged/all-minilm-l6-v2"
            yield loaded

    pairs = replace(few_pairs(), vectors=torch.randn(60, loaded.model.get_embedding_dimension()))
    monkeypatch.setattr(data, "load", lambda: pairs)
    monkeypatch.setitem(training.MEASURED, "lora", (10, 10))
    frames = [*engine.run(asked("softmax", "cosine-mse", trained="lora", rank=2, steps=2), Lending())]
    first, last = (frame for frame in frames if isinstance(frame, TrainFrame))
    assert (first.step, last.step) == (0, 2)
    assert last.loss[0] != first.loss[0]
