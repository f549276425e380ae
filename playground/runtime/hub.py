"""The Hugging Face hub: asked once whether it can be reached, then used by pinned commit only.

A hub that cannot be reached costs 23 s a file in `hf_hub_download`, so nothing in the path of a
request asks it again: what is cached is found without the network.
"""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from playground.runtime.catalogue import ModelEntry
from playground.runtime.errors import ModelUnavailable

PROBE_SECONDS = 2.0
OFFLINE = "The Hugging Face hub cannot be reached from here."
TURNED_OFF = "Use of the Hugging Face hub is turned off on this server."
READ_FILES = (
    "config.json",
    "generation_config.json",
    "special_tokens_map.json",
    "tokenizer.json",
    "tokenizer_config.json",
)


def ask_hub() -> bool:
    """Whether the hub answers; a name server that does not may hold this up for long."""
    from huggingface_hub import constants

    if constants.is_offline_mode():
        return False
    try:
        request = urllib.request.Request(constants.ENDPOINT, method="HEAD")
        with urllib.request.urlopen(request, timeout=PROBE_SECONDS):
            return True
    except urllib.error.HTTPError:
        return True  # it answered
    except Exception:
        return False


def download_snapshot(repo: str, revision: str, files: tuple[str, ...]) -> Path:
    """Download these files of a repo into the hub's own cache; its folder there."""
    from huggingface_hub import snapshot_download

    return Path(snapshot_download(repo, revision=revision, allow_patterns=list(files)))


class Hub:
    """Finds and downloads pinned models.

    Args:
        allowed: False never asks the hub for anything.
        probe: whether the hub answers.
        download: fetches (repo, commit, files) and returns their folder.
    """

    def __init__(
        self,
        allowed: bool = True,
        *,
        probe: Callable[[], bool] = ask_hub,
        download: Callable[[str, str, tuple[str, ...]], Path] = download_snapshot,
    ) -> None:
        self._allowed, self._probe, self._download = allowed, probe, download
        self._answered, self._answer = threading.Event(), False
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()

    def start_probe(self) -> None:
        """Ask in the background whether the hub can be reached, the first time this is called."""
        with self._starting:
            if self._allowed and self._thread is None:
                self._thread = threading.Thread(target=self._ask, name="whybox-hub-probe", daemon=True)
                self._thread.start()

    def reachable(self) -> bool:
        """Whether the hub can be reached; waits for the first answer, 2 s at most."""
        self.start_probe()
        if self._allowed and not self._answered.wait(PROBE_SECONDS):
            self._answered.set()  # no answer in time is an answer: nobody waits again
        return self._answer

    def why_unreachable(self) -> str:
        """The reason why nothing can be downloaded; empty if the hub can be reached."""
        if not self._allowed:
            return TURNED_OFF
        return "" if self.reachable() else OFFLINE

    def cached_folder(self, entry: ModelEntry) -> Path | None:
        """Where the entry's pinned files are, if they were downloaded before; never uses the network."""
        from huggingface_hub import try_to_load_from_cache

        found = [try_to_load_from_cache(entry.repo, name, revision=entry.revision) for name in _needed(entry)]
        paths = [Path(path) for path in found if isinstance(path, str)]
        return paths[0].parent if paths and len(paths) == len(found) else None

    def folder(self, entry: ModelEntry) -> Path:
        """The entry's pinned files, downloaded if need be.

        Raises:
            ModelUnavailable: they are not here and cannot be downloaded.
        """
        cached = self.cached_folder(entry)
        if cached is not None:
            return cached
        if self.why_unreachable():
            message = "{model} is not on this machine and cannot be downloaded. Choose an embedded model."
            raise ModelUnavailable(message, model=entry.title)
        files = dict.fromkeys((*_needed(entry), *READ_FILES))
        try:
            return self._download(entry.repo, entry.revision, tuple(files))
        except Exception as error:
            message = "{model} could not be downloaded ({reason}). Check the network and try again."
            raise ModelUnavailable(message, model=entry.title, reason=type(error).__name__) from error

    def _ask(self) -> None:
        answer = self._probe()
        if not self._answered.is_set():
            self._answer = answer
        self._answered.set()


def _needed(entry: ModelEntry) -> tuple[str, ...]:
    return ("config.json", *entry.sha256)
