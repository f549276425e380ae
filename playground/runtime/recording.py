"""Engines outside the page: what a command that records figures gives them, and what it says about itself."""

from __future__ import annotations

import os
import subprocess
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

from playground.runtime.contracts import State
from playground.runtime.registry import registry


class Leases:
    """A Context that leases from the registry, is never cancelled and keeps nothing."""

    cancelled = False
    resume = None

    def lease(self, model: str) -> AbstractContextManager[Any]:
        """The model of the registry."""
        return registry().lease(model)

    @property
    def visitor(self) -> object:
        """Nobody but this command."""
        return self

    def attachment(self, name: str) -> bytes:
        """Nothing was uploaded."""
        raise KeyError(name)

    def save(self, state: State) -> None:
        """Nobody goes on from it."""


def ground() -> dict[str, str]:
    """When, on which commit and on what machine something is measured."""
    head = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True)
    return {
        "date": date.today().isoformat(),
        "commit": head.stdout.strip(),
        "machine": f"{os.cpu_count()} CPU cores",
    }
