from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from playground.runtime import device
from playground.runtime.settings import Settings


@pytest.fixture
def zerogpu(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """ZeroGPU with a `spaces` that runs functions in place; returns the durations that were asked for."""
    durations: list[int] = []

    def gpu(duration: int) -> Callable[[Any], Any]:
        durations.append(duration)
        return lambda function: function

    monkeypatch.setenv("SPACES_ZERO_GPU", "true")
    monkeypatch.setitem(sys.modules, "spaces", SimpleNamespace(GPU=gpu))
    return durations


def use(monkeypatch: pytest.MonkeyPatch, chosen: str, has_cuda: bool) -> None:
    monkeypatch.setattr(device, "settings", lambda: Settings(device=chosen))
    monkeypatch.setattr(device, "_has_cuda", lambda: has_cuda)


@pytest.mark.parametrize(
    ("chosen", "has_cuda", "expected"),
    [("auto", True, "cuda"), ("auto", False, "cpu"), ("cpu", True, "cpu"), ("cuda", False, "cpu")],
)
def test_everything_runs_on_the_machines_own_gpu_if_it_has_one(
    chosen: str, has_cuda: bool, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, chosen, has_cuda)
    assert [device.pick("cpu"), device.pick("gpu"), device.preload_device("zoo", 1)] == [expected] * 3


def test_zerogpu_gives_each_run_what_it_needs(zerogpu: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, "auto", has_cuda=True)
    assert (device.pick("cpu"), device.pick("gpu"), device.default_device()) == ("cpu", "cuda", "cpu")


@pytest.mark.parametrize(
    ("source", "parameters", "expected"),
    [("hub", 124_000_000, "cuda"), ("hub", 20_000_000, "cpu"), ("zoo", 124_000_000, "cpu")],
)
def test_on_zerogpu_only_large_hub_models_are_preloaded_on_the_gpu(
    source: str, parameters: int, expected: str, zerogpu: list[int]
) -> None:
    assert device.preload_device(source, parameters) == expected


def test_a_cuda_model_outside_a_gpu_worker_is_an_error_on_zerogpu(zerogpu: list[int]) -> None:
    device.require_usable("cpu")
    with pytest.raises(RuntimeError, match="on ZeroGPU"):
        device.require_usable("cuda")


def test_a_cuda_model_is_usable_inside_a_gpu_function(zerogpu: list[int]) -> None:
    device.gpu(device.require_usable)("cuda")
    assert not device.in_gpu_worker()


def test_a_cuda_model_is_usable_inside_a_gpu_generator_until_it_ends(zerogpu: list[int]) -> None:
    def frames() -> Iterator[bool]:
        yield device.in_gpu_worker()
        yield device.in_gpu_worker()

    assert list(device.gpu(frames, duration=90)()) == [True, True]
    assert zerogpu == [90]
    assert not device.in_gpu_worker()


def test_elsewhere_a_gpu_function_is_the_function_itself() -> None:
    assert device.gpu(len) is len
    device.require_usable("cuda")


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (MemoryError(), True),
        (torch.OutOfMemoryError("CUDA out of memory"), True),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 8 bytes"), True),
        (RuntimeError("shapes differ"), False),
    ],
)
def test_full_memory_is_told_from_other_errors(error: BaseException, expected: bool) -> None:
    assert device.is_out_of_memory(error) is expected


def test_whether_there_is_a_gpu_is_asked_of_torch() -> None:
    assert device._has_cuda() is torch.cuda.is_available()
