"""How much memory there is for models, and giving freed memory back to the system."""

from __future__ import annotations

import ctypes
import gc
import os
from functools import cache
from pathlib import Path

import torch
from torch import nn

CGROUP_LIMITS = ("sys/fs/cgroup/memory.max", "sys/fs/cgroup/memory/memory.limit_in_bytes")


def total_memory(root: Path = Path("/")) -> int:
    """Bytes of RAM that this process may use: the machine's, or its container's if that is less."""
    sizes = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    for name in CGROUP_LIMITS:
        try:
            limit = (root / name).read_text().strip()
        except OSError:
            continue
        if limit.isdigit():  # not "max"
            sizes.append(int(limit))
    return min(sizes)


def default_budget(device_type: str) -> int:
    """Bytes for loaded models where no setting says otherwise: half of RAM, or 80 % of VRAM."""
    if device_type == "cuda":
        _, total = torch.cuda.mem_get_info()
        return int(0.8 * total)
    return total_memory() // 2


def module_bytes(module: nn.Module, base: nn.Module | None = None) -> int:
    """Bytes of a module's tensors, each storage counted once, without those it shares with its base."""
    sizes = _storages(module)
    shared = {} if base is None else _storages(base)
    return sum(size for pointer, size in sizes.items() if pointer not in shared)


def _storages(module: nn.Module) -> dict[int, int]:
    storages = (tensor.untyped_storage() for tensor in (*module.parameters(), *module.buffers()))
    return {storage.data_ptr(): storage.nbytes() for storage in storages}


def give_back() -> None:
    """Return the memory of dropped models to the system; small blocks stay with malloc otherwise."""
    gc.collect()
    if torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
        torch.cuda.empty_cache()
    trim = _malloc_trim()
    if trim is not None:
        trim(0)


@cache
def _malloc_trim() -> ctypes._NamedFuncPointer | None:
    """The C library's malloc_trim; only glibc has it."""
    try:
        return ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):
        return None
