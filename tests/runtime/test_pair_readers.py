"""Adapters over sentence encoders and masked language models, loaded as the matching tab leases them."""

from pathlib import Path

import pytest
import torch

from models.nets.cross_encoder import pair_batches
from models.nets.sentence_vectors import SentenceEncoder
from playground.runtime.catalogue import read_entry, read_hub_file
from playground.runtime.loaders import Loaded, load
from playground.runtime.memory_size import module_bytes
from playground.runtime.settings import REPOSITORY
from tests.tiny_adapters import write_adapter
from tests.tiny_masked_lm import tiny_bert

CPU = torch.device("cpu")
TEXTS = ["the film was good", "it is bad"]
PAIR = [(TEXTS[0], TEXTS[1])]


def packaged_encoder() -> Loaded:
    entry = next(read_hub_file(REPOSITORY / "models" / "hub.yaml"))
    assert entry.folder is not None
    return load(entry.folder, entry.task, CPU)


@pytest.fixture(scope="module", params=["a sentence encoder", "a masked language model"])
def base(request: pytest.FixtureRequest) -> Loaded:
    return packaged_encoder() if request.param == "a sentence encoder" else tiny_bert()


def vectors(loaded: Loaded) -> torch.Tensor:
    return SentenceEncoder(loaded.model, loaded.tokenizer).encode(TEXTS)


def adapter(folder: Path, base: Loaded, task: str) -> Loaded:
    write_adapter(folder, base, "zoo/base", task)
    return load(folder, task, CPU, base)


def test_an_adapter_over_an_encoder_gives_other_unit_vectors_and_leaves_its_base(tmp_path: Path, base: Loaded) -> None:
    before = vectors(base)
    after = vectors(adapter(tmp_path, base, "sentence-embedding"))
    torch.testing.assert_close(after.norm(dim=1), torch.ones(2), atol=1e-4, rtol=0)
    assert not torch.allclose(after, before, atol=1e-3)
    assert torch.equal(vectors(base), before)


def test_an_adapter_over_an_encoder_owns_its_two_matrices_alone(tmp_path: Path, base: Loaded) -> None:
    model = adapter(tmp_path, base, "sentence-embedding").model
    own = sum(tensor.nbytes for name, tensor in model.named_parameters() if "lora" in name)
    assert module_bytes(model, base.model) == own > 0


def test_a_cross_encoder_shares_the_layers_of_its_base(tmp_path: Path, base: Loaded) -> None:
    model = adapter(tmp_path, base, "cross-encoder").model
    own = sum(tensor.nbytes for name, tensor in model.named_parameters() if "lora" in name or "head" in name)
    assert module_bytes(model, base.model) == own > 0


def test_a_cross_encoder_reads_a_pair_with_the_tokenizer_of_its_base(tmp_path: Path, base: Loaded) -> None:
    loaded = adapter(tmp_path, base, "cross-encoder")
    ((places, logits),) = pair_batches(loaded.model, loaded.tokenizer, PAIR)
    assert places == [0]
    assert logits.isfinite().all()


def test_a_cross_encoder_comes_back_with_the_head_it_was_saved_with(tmp_path: Path, base: Loaded) -> None:
    first = adapter(tmp_path, base, "cross-encoder")
    second = load(tmp_path, "cross-encoder", CPU, base)
    one, other = (next(pair_batches(each.model, each.tokenizer, PAIR))[1] for each in (first, second))
    assert torch.equal(one, other)


def test_the_folder_of_an_adapter_is_listed_with_its_base(tmp_path: Path, base: Loaded) -> None:
    adapter(tmp_path, base, "cross-encoder")
    entry = read_entry(tmp_path, "zoo")
    assert (entry.task, entry.base, entry.problem) == ("cross-encoder", "zoo/base", "")
