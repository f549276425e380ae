"""Where models run: the CPU, this machine's GPU, or ZeroGPU's rationed one.

On ZeroGPU the GPU exists only in forked workers, entered through functions wrapped by :func:`gpu`.
Elsewhere in the server a model that was moved to "cuda" silently computes with zeros, so asking
for one there is an error. The runner does not enter these workers yet, so no tab may need a GPU.
"""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal, TypeVar

import torch

from playground.runtime.settings import settings

SMALL_MODEL = 30_000_000  # parameters; smaller ones stay on the CPU on ZeroGPU
Function = TypeVar("Function", bound=Callable[..., Any])
_worker_tasks = 0


def on_zerogpu() -> bool:
    """Whether this server is a Space with ZeroGPU hardware."""
    return os.environ.get("SPACES_ZERO_GPU", "").lower() in ("1", "true")


def in_gpu_worker() -> bool:
    """Whether this code runs inside a function wrapped by :func:`gpu`."""
    return _worker_tasks > 0


def default_device() -> Literal["cpu", "cuda"]:
    """Where models run on a machine of one's own; on ZeroGPU the CPU."""
    chosen = settings().device
    if on_zerogpu() or chosen == "cpu":
        return "cpu"
    return "cuda" if _has_cuda() else "cpu"


@functools.cache
def _has_cuda() -> bool:
    return torch.cuda.is_available()


def pick(need: Literal["cpu", "gpu"]) -> Literal["cpu", "cuda"]:
    """The device of a run: on ZeroGPU what it needs, elsewhere the machine's own."""
    if on_zerogpu():
        return "cuda" if need == "gpu" else "cpu"
    return default_device()


def preload_device(source: str, parameters: int) -> Literal["cpu", "cuda"]:
    """Where a pinned model is loaded at start: on ZeroGPU only large hub models get the GPU."""
    if on_zerogpu():
        return "cuda" if source == "hub" and parameters >= SMALL_MODEL else "cpu"
    return default_device()


def require_usable(device_type: str) -> None:
    """Refuse a CUDA model where it would compute with zeros.

    Raises:
        RuntimeError: on ZeroGPU, outside a GPU worker.
    """
    if device_type == "cuda" and on_zerogpu() and not in_gpu_worker():
        raise RuntimeError("on ZeroGPU a model on cuda may only be leased inside a function wrapped by device.gpu")


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error says that the device's memory is full."""
    return isinstance(error, MemoryError | torch.OutOfMemoryError) or "can't allocate memory" in str(error)


def gpu(function: Function, duration: int = 60) -> Function:
    """Run a function on ZeroGPU's worker; the same function elsewhere.

    It must take and return (or yield) plain data, since that crosses a process.
    """
    if not on_zerogpu():
        return function
    import spaces

    if inspect.isgeneratorfunction(function):

        @functools.wraps(function)
        def frames(*args: Any, **kwargs: Any) -> Iterator[Any]:
            with _in_worker():
                yield from function(*args, **kwargs)

        return spaces.GPU(duration=duration)(frames)  # type: ignore[no-any-return]

    @functools.wraps(function)
    def result(*args: Any, **kwargs: Any) -> Any:
        with _in_worker():
            return function(*args, **kwargs)

    return spaces.GPU(duration=duration)(result)  # type: ignore[no-any-return]


@contextmanager
def _in_worker() -> Iterator[None]:
    global _worker_tasks
    _worker_tasks += 1
    try:
        yield
    finally:
        _worker_tasks -= 1
