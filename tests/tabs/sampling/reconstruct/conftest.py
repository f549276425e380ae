"""Runs of the panel on tiny random models."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from torch import nn

from playground.tabs.sampling.reconstruct import engine
from playground.tabs.sampling.reconstruct.request import ReconstructRequest
from playground.tabs.sampling.reconstruct.view import fold
from tests.tiny_picture_models import Lender, tiny_networks


@pytest.fixture(scope="session")
def networks() -> dict[str, nn.Module]:
    """An NVAE for each set and two autoencoders of pixel art; the others are missing."""
    return tiny_networks()


class Context(Lender):
    """A context with these models and files, cancelled after so many leases."""

    def __init__(self, networks: Mapping[str, nn.Module], until: int, files: Mapping[str, bytes]) -> None:
        super().__init__(networks)
        self._until, self._files = until, files

    @property
    def cancelled(self) -> bool:
        return self.leases >= self._until

    def attachment(self, name: str) -> bytes:
        return self._files[name]


@pytest.fixture
def frames_of(networks):
    """The frames of a request with these fields."""

    def frames(until=10**9, files=(), **fields):
        return list(engine.run(ReconstructRequest(**fields), Context(networks, until, dict(files))))

    return frames


@pytest.fixture
def view_of(frames_of):
    """The finished view of a request with these fields."""

    def view(**fields):
        seen = None
        for frame in frames_of(**fields):
            seen = fold(seen, frame)
        return seen

    return view
