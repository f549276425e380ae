from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from playground.runtime import memory_size
from playground.runtime.memory_size import default_budget, give_back, module_bytes, total_memory

MACHINE = total_memory(Path("/no-such-root"))


@pytest.mark.parametrize("name", memory_size.CGROUP_LIMITS)
def test_a_containers_limit_counts(name: str, tmp_path: Path) -> None:
    (tmp_path / name).parent.mkdir(parents=True)
    (tmp_path / name).write_text("1000000\n")
    assert total_memory(tmp_path) == 1_000_000


@pytest.mark.parametrize("limit", ["max\n", "9223372036854771712\n"])
def test_a_container_without_limit_has_the_machines_memory(limit: str, tmp_path: Path) -> None:
    file = tmp_path / memory_size.CGROUP_LIMITS[0]
    file.parent.mkdir(parents=True)
    file.write_text(limit)
    assert total_memory(tmp_path) == MACHINE


def test_models_may_take_half_of_ram() -> None:
    assert default_budget("cpu") == total_memory() // 2


def test_models_may_take_80_percent_of_vram(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda: (1, 1000))
    assert default_budget("cuda") == 800


def test_a_modules_bytes_count_parameters_buffers_and_tied_weights_once() -> None:
    module = torch.nn.Sequential(torch.nn.Linear(3, 3), torch.nn.Linear(3, 3), torch.nn.BatchNorm1d(3))
    module[1].weight = module[0].weight
    # Weight 9, biases 3 + 3, norm 3 + 3, running mean and variance 3 + 3 as float32; one int64 counter.
    assert module_bytes(module) == 4 * 27 + 8


def test_what_is_shared_with_the_base_is_not_counted() -> None:
    base = torch.nn.Linear(3, 3)
    module = torch.nn.Sequential(base, torch.nn.Linear(3, 2))
    assert module_bytes(module, base) == 4 * (6 + 2)


def test_memory_is_given_back_without_glibc_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_library(name: str | None) -> None:
        raise OSError(name)

    monkeypatch.setattr(memory_size.ctypes, "CDLL", no_library)
    memory_size._malloc_trim.cache_clear()
    give_back()
    assert memory_size._malloc_trim() is None
    memory_size._malloc_trim.cache_clear()


UNLOADING = """
import os, sys
import torch
from playground.runtime.cache import LeaseCache
from playground.runtime.memory_size import give_back, module_bytes

def resident():
    return int(open("/proc/self/statm").read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

def build(key, base):
    # Small tensors: malloc keeps those, large ones go back by themselves.
    return torch.nn.ParameterList(torch.ones(4000) for _ in range(12_500))

def size(value, base):
    return module_bytes(value)

cache = LeaseCache(build, reserve=lambda key: 2 * 10**8, measure=size, budget=10**9, reclaim=give_back)
torch.ones(10).sum()
before = resident()
with cache.lease("model"):
    loaded = resident()
cache.unload("model")
print(before, loaded, resident())
"""


def test_unloading_returns_95_percent_of_the_bytes_to_the_system() -> None:
    run = subprocess.run([sys.executable, "-c", UNLOADING], capture_output=True, text=True, check=True)
    before, loaded, after = map(int, run.stdout.split())
    assert loaded - before > 190_000_000
    assert (loaded - after) / (loaded - before) >= 0.95
