"""What holds for every test: no network, one thread a test, nothing written outside a temporary folder."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

# Before anything reads them: settings are read once, and libraries look at these when imported.
_CACHE = TemporaryDirectory(prefix="whybox-tests-")
os.environ["PLAYGROUND_CACHE_DIR"] = _CACHE.name
os.environ["PLAYGROUND_HUB"] = "off"
os.environ["WHYBOX_TRAIN_DIR"] = str(Path(_CACHE.name) / "train")
os.environ["HF_HUB_OFFLINE"] = "1"

from playground.runtime.settings import prepare_process  # noqa: E402

prepare_process()

import hypothesis  # noqa: E402
import pytest  # noqa: E402

# Times on a busy machine say nothing about the code, and a red run must be red again.
hypothesis.settings.register_profile("whybox", deadline=None, derandomize=True)
hypothesis.settings.load_profile("whybox")

LOCAL = ("127.0.0.1", "::1", "localhost", "0.0.0.0", "")


def pytest_unconfigure() -> None:
    _CACHE.cleanup()


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> Iterator[None]:
    """Waiting OpenMP threads make tiny steps many times slower on busy cores."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(autouse=True)
def _plain_logger() -> None:
    """A server started in this process sets up the logger for good; every test finds it untouched."""
    logger = logging.getLogger("whybox")
    logger.handlers, logger.propagate = [], True
    logger.setLevel(logging.NOTSET)


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    """A test that connects to anything but this machine fails."""
    patch = pytest.MonkeyPatch()
    connect = socket.socket.connect

    def connect_here(self: socket.socket, address: Any) -> None:
        outside = self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in LOCAL
        assert not outside, f"a test tried to reach {address[0]}"
        connect(self, address)

    patch.setattr(socket.socket, "connect", connect_here)
    yield
    patch.undo()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests come last: while a browser is open, its event loop runs in the main thread."""
    items.sort(key=lambda item: "browser" in item.path.parts)
