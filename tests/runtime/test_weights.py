from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import save_file

from playground.runtime.errors import ModelCorrupt
from playground.runtime.weights import count_parameters, memory_needed, sha256_of


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    file = tmp_path / "model.safetensors"
    save_file({"a": torch.zeros(2, 3), "b": torch.zeros(5, dtype=torch.float16)}, file, metadata={"format": "pt"})
    return file


def test_parameters_are_counted_from_the_header(weights: Path) -> None:
    assert count_parameters(weights) == 11


def test_a_cut_off_file_is_damaged(weights: Path) -> None:
    weights.write_bytes(weights.read_bytes()[:-1])
    with pytest.raises(ModelCorrupt, match=r"model\.safetensors is damaged"):
        count_parameters(weights)


def test_a_missing_file_is_damaged(tmp_path: Path) -> None:
    with pytest.raises(ModelCorrupt):
        count_parameters(tmp_path / "none.safetensors")


@given(data=st.binary(max_size=200))
def test_any_bytes_are_counted_or_damaged(data: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("bytes") / "any.safetensors"
    file.write_bytes(data)
    with suppress(ModelCorrupt):
        assert count_parameters(file) >= 0


def test_memory_is_the_float32_size_and_a_tenth() -> None:
    assert memory_needed(1000) == 4400


def test_sha256_is_that_of_the_bytes(weights: Path) -> None:
    assert sha256_of(weights) == hashlib.sha256(weights.read_bytes()).hexdigest()


def test_sha256_is_computed_once_for_an_unchanged_file(weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = sha256_of(weights)
    monkeypatch.setattr(Path, "open", lambda *_: pytest.fail("read again"))
    assert sha256_of(weights) == first


def test_sha256_notices_a_change_that_keeps_size_and_time_only_when_asked_again(weights: Path) -> None:
    first, facts = sha256_of(weights), weights.stat()
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(data)
    os.utime(weights, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    assert sha256_of(weights) == first
    assert sha256_of(weights, again=True) != first
