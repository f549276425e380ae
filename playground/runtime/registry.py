"""Which models there are, whether they can be had here, and leases of them.

    with registry().lease("zoo/rnn-tanh-vanilla") as loaded:
        loaded.model, loaded.tokenizer

One cache per kind of device holds what is in memory. Weights are checked against their pinned
SHA-256 before they are read.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import Literal

import torch

from playground.runtime import device as devices
from playground.runtime import loaders, memory_size
from playground.runtime.cache import LeaseCache
from playground.runtime.cache_counts import CacheSnapshot, KeyStatus
from playground.runtime.catalogue import ModelEntry, read_hub_file, scan
from playground.runtime.contracts import Note
from playground.runtime.errors import ModelCorrupt, ModelUnavailable, OutOfMemory, PlaygroundError
from playground.runtime.forking import ForkSafeLock
from playground.runtime.hub import Hub
from playground.runtime.loaders import Loaded
from playground.runtime.settings import REPOSITORY, Settings, settings
from playground.runtime.weights import count_parameters, memory_needed, sha256_of

__all__ = ["CacheSnapshot", "Loaded", "ModelEntry", "ModelStatus", "Registry", "registry"]

log = logging.getLogger("whybox.registry")
LONGEST_WAIT = 300.0  # seconds for a load and its place in line, where no timeout is given
NOT_PINNED = "One of its files is not the one that was pinned."
ON_CPU = Note("The GPU's memory is full: this run uses the CPU.")


@dataclass(frozen=True)
class ModelStatus:
    """Whether a model can be had here, and what happened to it so far, over all devices."""

    state: Literal["embedded", "cached", "downloadable", "unavailable"]
    reason: str = ""
    in_memory: bool = False
    bytes_in_memory: int = 0
    leases: int = 0
    loads: int = 0
    hits: int = 0
    evictions: int = 0
    failures: int = 0
    load_seconds: float | None = None


class Registry:
    """All models of this process.

    Args:
        entries: the models there are.
        hub: where pinned models are found and downloaded.
        options: budget, idle time and pinned models.
        clock: seconds, for idle times and back-off.
    """

    def __init__(
        self,
        entries: Iterable[ModelEntry],
        hub: Hub | None = None,
        *,
        options: Settings | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._entries = {entry.id: entry for entry in entries}
        self._hub = hub or Hub(allowed=False)
        self._options, self._clock = options or settings(), clock
        self._caches: dict[str, LeaseCache[str, Loaded]] = {}
        self._making_caches = ForkSafeLock()

    def entries(self) -> tuple[ModelEntry, ...]:
        """All models, those that ship first."""
        return tuple(self._entries.values())

    def entry(self, id: str) -> ModelEntry:
        """One model.

        Raises:
            ModelUnavailable: there is none of this id.
        """
        if id not in self._entries:
            raise ModelUnavailable("There is no model {model} here. Choose one from the list.", model=id[:80])
        return self._entries[id]

    def find(self, **tags: str) -> tuple[ModelEntry, ...]:
        """The usable models whose task, source or tags have these values."""

        def matches(entry: ModelEntry) -> bool:
            known = {"task": entry.task, "source": entry.source, **entry.tags}
            return not entry.problem and all(known.get(name) == value for name, value in tags.items())

        return tuple(entry for entry in self._entries.values() if matches(entry))

    def status(self, id: str) -> ModelStatus:
        """Whether a model can be had here, and what happened to it so far."""
        state, reason = self._state(self.entry(id))
        total = sum((each.status(id) for each in list(self._caches.values())), KeyStatus())
        return ModelStatus(
            state,
            reason,
            total.in_memory,
            total.bytes,
            total.leases,
            total.loads,
            total.hits,
            total.evictions,
            total.failures,
            total.load_seconds,
        )

    def probe_hub(self) -> None:
        """Ask in the background whether the hub can be reached, before anybody has to wait for the answer."""
        self._hub.start_probe()

    def fingerprint(self, id: str) -> str:
        """SHA-256 over the model's weight files, and over its base's: what a remembered result depends on."""
        entry = self.entry(id)
        pinned = [digest for name, digest in sorted(entry.sha256.items()) if name.endswith(".safetensors")]
        digests = pinned or [sha256_of(file) for file in entry.weight_files]
        if entry.base:
            digests.append(self.fingerprint(entry.base))
        return digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()

    @contextmanager
    def lease(
        self,
        id: str,
        *,
        device: str | torch.device | None = None,
        timeout: float | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Iterator[Loaded]:
        """A model that is ready to run, kept in memory while the block lasts. Do not write to its tensors.

        Raises:
            ModelUnavailable: it is unknown, cannot be had here, is damaged, or too large.
            Busy: it was not ready within `timeout` seconds (300 if none is given).
            Cancelled: `cancelled()` became true while waiting.
        """
        self.entry(id)
        kind = devices.default_device() if device is None else torch.device(device).type
        devices.require_usable(kind)
        wait = LONGEST_WAIT if timeout is None else timeout
        lender, note = self._cache(kind), None
        try:
            slot = lender.acquire(id, wait, cancelled)
        except OutOfMemory:
            if kind == "cpu":
                raise
            lender, note = self._cache("cpu"), ON_CPU
            slot = lender.acquire(id, wait, cancelled)
        try:
            yield slot.value if note is None else replace(slot.value, note=note)
        finally:
            lender.release(slot)

    def pull(self, id: str) -> None:
        """Download a hub model if need be, and check its files.

        Raises:
            ModelUnavailable: the hub cannot be reached, or a file is not the pinned one.
        """
        self._checked_folder(self.entry(id))

    def verify(self, id: str) -> None:
        """Read a model's files again and compare them with their pins.

        Raises:
            ModelUnavailable: they are not here, damaged, or not the pinned ones.
        """
        entry = self.entry(id)
        self._checked_folder(entry, again=True)
        for file in entry.weight_files:
            count_parameters(file)

    def unload(self, id: str) -> None:
        """Drop a model from memory on every device.

        Raises:
            Busy: a run uses it.
            PlaygroundError: it is pinned.
        """
        if id in self._options.pinned_models:
            raise PlaygroundError("{model} is pinned, so it stays in memory.", model=self.entry(id).title)
        for each in list(self._caches.values()):
            each.unload(id)

    def expire(self) -> None:
        """Drop what was idle for longer than the idle time."""
        for each in list(self._caches.values()):
            each.expire()

    def preload(self) -> None:
        """Load the pinned models, in this thread on ZeroGPU; what cannot be loaded is logged and left out."""
        for id in self._options.pinned_models:
            try:
                entry = self.entry(id)
                kind = devices.preload_device(entry.source, entry.parameters)
                with self._cache(kind).lease(id):
                    log.info("preloaded a pinned model", extra={"model": id, "device": kind})
            except PlaygroundError as error:
                log.warning("a pinned model was not loaded", extra={"model": id, "reason": str(error)})

    def snapshot(self) -> CacheSnapshot:
        """The totals over all models and devices."""
        return sum((each.snapshot() for each in list(self._caches.values())), CacheSnapshot())

    def _cache(self, kind: str) -> LeaseCache[str, Loaded]:
        known = self._caches.get(kind)
        if known is not None:
            return known
        with self._making_caches:
            if kind not in self._caches:
                self._caches[kind] = self._make_cache(kind)
            return self._caches[kind]

    def _make_cache(self, kind: str) -> LeaseCache[str, Loaded]:
        load = partial(self._load, torch.device(kind))
        pinned = frozenset(self._options.pinned_models)
        if devices.on_zerogpu() and kind == "cuda":
            # Tensors are packed away after start: no size can be read, nothing moved, no thread used.
            return LeaseCache(
                load,
                reserve=self._reserve,
                measure=None,
                budget=float("inf"),
                base=self._base,
                start=lambda work: work(),
                clock=self._clock,
            )
        return LeaseCache(
            load,
            reserve=self._reserve,
            measure=_measure,
            budget=self._options.model_budget or memory_size.default_budget(kind),
            base=self._base,
            idle_ttl=self._options.model_idle_ttl,
            pinned=pinned,
            is_out_of_memory=devices.is_out_of_memory,
            reclaim=memory_size.give_back,
            clock=self._clock,
        )

    def _base(self, id: str) -> str | None:
        return self.entry(id).base or None

    def _reserve(self, id: str) -> int:
        return memory_needed(self.entry(id).parameters)

    def _load(self, device: torch.device, id: str, base: Loaded | None) -> Loaded:
        entry = self.entry(id)
        return loaders.load(self._checked_folder(entry), entry.task, device, base)

    def _state(self, entry: ModelEntry) -> tuple[Literal["embedded", "cached", "downloadable", "unavailable"], str]:
        if entry.problem:
            return "unavailable", entry.problem
        if entry.folder is not None and not _differing(entry, entry.folder):
            return "embedded", ""
        cached = self._hub.cached_folder(entry)
        if cached is not None:
            return ("unavailable", NOT_PINNED) if _differing(entry, cached) else ("cached", "")
        reason = self._hub.why_unreachable()
        return ("unavailable", reason) if reason else ("downloadable", "")

    def _checked_folder(self, entry: ModelEntry, *, again: bool = False) -> Path:
        """The folder of the entry's files, each the one that is pinned: its own, or else the hub's copy."""
        if entry.problem:
            raise ModelUnavailable(entry.problem)
        if entry.folder is not None and not (differing := _differing(entry, entry.folder, again=again)):
            return entry.folder
        if entry.folder is not None:
            log.warning(
                "a file is not the pinned one; using the hub's copy", extra={"model": entry.id, "file": differing}
            )
        folder = self._hub.folder(entry)
        if differing := _differing(entry, folder, again=again):
            raise self._corrupt(entry, differing)
        return folder

    def _corrupt(self, entry: ModelEntry, file: str) -> ModelCorrupt:
        embedded = [other for other in self.find(task=entry.task) if other.source in ("zoo", "packaged")]
        message = "{file} of {model} is not the file that was pinned, so it is not used."
        if embedded and embedded[0].id != entry.id:
            message += " Choose {other} instead."
            return ModelCorrupt(message, file=file, model=entry.title, other=embedded[0].title)
        return ModelCorrupt(message, file=file, model=entry.title)


def _measure(loaded: Loaded, base: Loaded | None) -> int:
    return memory_size.module_bytes(loaded.model, base.model if base else None)


def _differing(entry: ModelEntry, folder: Path, *, again: bool = False) -> str:
    """The name of a file that is missing or not the pinned one; empty if all is well."""
    for name, digest in entry.sha256.items():
        file = folder / name
        if not file.is_file() or sha256_of(file, again=again) != digest:
            return name
    return ""


def registry() -> Registry:
    """The registry of this process, made from its settings the first time."""
    with _making_registry:
        return _from_settings()


_making_registry = ForkSafeLock()


@cache
def _from_settings() -> Registry:
    options = settings()
    hub = Hub(allowed=options.hub == "auto")
    entries = [
        *scan(options.zoo_dir, "zoo"),
        *read_hub_file(REPOSITORY / "models" / "hub.yaml"),
        *scan(options.models_dir, "local"),
    ]
    made = Registry(entries, hub, options=options)
    threading.Thread(target=_expire_now_and_then, args=(made,), name="whybox-expire", daemon=True).start()
    return made


def _expire_now_and_then(made: Registry) -> None:
    pause = threading.Event()
    while not pause.wait(min(30.0, settings().model_idle_ttl)):
        made.expire()
