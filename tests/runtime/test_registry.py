from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import torch

from playground.runtime import device, loaders
from playground.runtime import registry as registry_module
from playground.runtime.catalogue import ModelEntry, read_entry, scan
from playground.runtime.errors import Busy, ModelCorrupt, ModelTooLarge, ModelUnavailable, PlaygroundError
from playground.runtime.hub import OFFLINE, Hub
from playground.runtime.loaders import Loaded
from playground.runtime.logs import JsonLines
from playground.runtime.registry import ON_CPU, Registry, registry
from playground.runtime.settings import Settings
from playground.runtime.weights import sha256_of
from tests.runtime.tiny_models import save_adapter, save_gpt2, save_recurrent

PATIENCE = 20.0
TOKENS = torch.tensor([[1, 5, 6]])


@pytest.fixture(scope="module")
def zoo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two recurrent models, a GPT-2 and an adapter of it."""
    folder = tmp_path_factory.mktemp("zoo")
    save_recurrent(folder / "rnn")
    save_recurrent(folder / "rnn-st", termination="st", seed=1)
    save_adapter(folder / "lora", save_gpt2(folder / "gpt2"), "zoo/gpt2")
    save_gpt2(folder / "gpt2")
    return folder


def make(zoo: Path, *more: ModelEntry, hub: Hub | None = None, **options: Any) -> Registry:
    clock = {"clock": options.pop("clock")} if "clock" in options else {}
    settings = Settings(**{"model_budget": "100MB"} | options)
    return Registry([*scan(zoo, "zoo"), *more], hub, options=settings, **clock)


class Files(Hub):
    """A hub whose cache is a folder, or empty."""

    def __init__(self, cached: Path | None = None, reachable: bool = False) -> None:
        super().__init__(probe=lambda: reachable, download=lambda repo, revision, files: cached or Path("nowhere"))
        self.cached, self.downloads = cached, 0

    def cached_folder(self, entry: ModelEntry) -> Path | None:
        return self.cached


def pinned_entry(files: Path, digest: str | None = None, **changes: Any) -> ModelEntry:
    """A hub model with the files of a folder."""
    facts = {"source": "hub", "task": "causal-lm", "repo": "someone/pinned", "revision": "0" * 40}
    sha256 = {"model.safetensors": digest or sha256_of(files / "model.safetensors")}
    return ModelEntry(**{"id": "hub/pinned", "title": "Pinned", "sha256": sha256, "parameters": 100} | facts | changes)


def fake_loads(monkeypatch: pytest.MonkeyPatch, load: Callable[..., Loaded] | None = None) -> list[tuple[str, str]]:
    """Replace loading by a tiny module; returns what was loaded, as (folder, device type)."""
    loads: list[tuple[str, str]] = []

    def fake(folder: Path, task: str, where: torch.device, base: Loaded | None = None) -> Loaded:
        loads.append((folder.name, where.type))
        if load is not None:
            return load(folder, task, where, base)
        return Loaded(torch.nn.Linear(2, 2), None, where)

    monkeypatch.setattr(loaders, "load", fake)
    return loads


def test_a_lease_yields_a_model_that_runs(zoo: Path) -> None:
    with make(zoo).lease("zoo/rnn") as loaded:
        assert loaded.model(TOKENS).logits.shape == (1, 3, 10)
        assert loaded.note is None


def test_an_unknown_id_is_a_sentence(zoo: Path) -> None:
    with pytest.raises(ModelUnavailable, match="no model zoo/none here"), make(zoo).lease("zoo/none"):
        pass


def test_entries_are_found_by_task_source_and_tags(zoo: Path) -> None:
    models = make(zoo)
    assert [entry.id for entry in models.find(family="rnn-tanh", termination="st")] == ["zoo/rnn-st"]
    assert len(models.find(task="causal-lm", source="zoo")) == 4
    assert models.find(task="juggling") == ()


def test_a_broken_folder_is_listed_but_not_found_or_leased(zoo: Path, tmp_path: Path) -> None:
    (tmp_path / "broken").mkdir()
    models = make(zoo, read_entry(tmp_path / "broken", "local"))
    assert models.status("local/broken").state == "unavailable"
    assert models.find(source="local") == ()
    with pytest.raises(ModelUnavailable, match=r"config\.json is missing"), models.lease("local/broken"):
        pass


def test_the_status_follows_the_model(zoo: Path) -> None:
    models = make(zoo)
    before = models.status("zoo/rnn")
    assert (before.state, before.in_memory, before.load_seconds) == ("embedded", False, None)
    with models.lease("zoo/rnn"), models.lease("zoo/rnn"):
        held = models.status("zoo/rnn")
    assert (held.in_memory, held.leases, held.loads, held.hits) == (True, 2, 1, 1)
    assert held.bytes_in_memory == 4 * models.entry("zoo/rnn").parameters
    models.unload("zoo/rnn")
    after = models.status("zoo/rnn")
    assert (after.in_memory, after.bytes_in_memory, after.evictions) == (False, 0, 1)


def test_the_snapshot_adds_up_over_models(zoo: Path) -> None:
    models = make(zoo)
    with models.lease("zoo/rnn"), models.lease("zoo/rnn-st"):
        snapshot = models.snapshot()
    assert (snapshot.models, snapshot.leases, snapshot.loads, snapshot.budget) == (2, 2, 2, 100_000_000)
    assert snapshot.load_seconds >= snapshot.load_seconds_p95 > 0


def test_the_default_budget_is_half_of_ram(zoo: Path) -> None:
    models = make(zoo, model_budget=None)
    with models.lease("zoo/rnn"):
        assert models.snapshot().budget == registry_module.memory_size.default_budget("cpu")


def test_a_model_beyond_the_budget_is_refused(zoo: Path) -> None:
    with pytest.raises(ModelTooLarge), make(zoo, model_budget="1kB").lease("zoo/gpt2"):
        pass


def test_idle_models_are_dropped_after_the_ttl(zoo: Path) -> None:
    now = [0.0]
    models = make(zoo, model_idle_ttl=60, clock=lambda: now[0])
    with models.lease("zoo/rnn"):
        pass
    now[0] = 61.0
    models.expire()
    assert not models.status("zoo/rnn").in_memory


def test_pinned_models_are_preloaded_and_stay(zoo: Path) -> None:
    models = make(zoo, pinned_models="zoo/rnn,zoo/none")
    models.preload()
    assert models.status("zoo/rnn").in_memory
    with pytest.raises(PlaygroundError, match="Tiny RNN is pinned"):
        models.unload("zoo/rnn")


def test_the_log_names_the_pinned_models_that_could_not_be_loaded_and_why(
    zoo: Path, caplog: pytest.LogCaptureFixture
) -> None:
    make(zoo, pinned_models="zoo/none").preload()
    (line,) = map(json.loads, map(JsonLines().format, caplog.records))
    assert line["model"] == "zoo/none"
    assert "zoo/none" in line["reason"]


def test_a_leased_model_is_not_unloaded(zoo: Path) -> None:
    models = make(zoo)
    with models.lease("zoo/rnn"), pytest.raises(Busy, match="in use"):
        models.unload("zoo/rnn")


def test_an_adapter_and_its_base_share_the_base(zoo: Path) -> None:
    models = make(zoo)
    with models.lease("zoo/lora") as adapted, models.lease("zoo/gpt2") as base:
        assert not torch.allclose(adapted.model(TOKENS).logits, base.model(TOKENS).logits)
        assert models.status("zoo/gpt2").loads == 1
        assert models.status("zoo/lora").bytes_in_memory < models.status("zoo/gpt2").bytes_in_memory


def test_a_fingerprint_is_the_hash_of_the_weights(zoo: Path) -> None:
    assert make(zoo).fingerprint("zoo/rnn") == sha256_of(zoo / "rnn" / "model.safetensors")


def test_an_adapters_fingerprint_depends_on_its_base(zoo: Path) -> None:
    models = make(zoo)
    own = sha256_of(zoo / "lora" / "adapter_model.safetensors")
    assert models.fingerprint("zoo/lora") not in (own, models.fingerprint("zoo/gpt2"))


def test_the_fingerprint_of_a_pinned_model_needs_no_file(zoo: Path) -> None:
    entry = pinned_entry(zoo, digest="ab" * 32)
    assert make(zoo, entry).fingerprint("hub/pinned") == "ab" * 32


# Pinned files.


def test_a_cached_hub_model_is_used_without_the_hub(zoo: Path) -> None:
    models = make(zoo, pinned_entry(zoo / "rnn"), hub=Files(zoo / "rnn"))
    assert models.status("hub/pinned").state == "cached"
    with models.lease("hub/pinned") as loaded:
        assert loaded.model(TOKENS).logits.shape == (1, 3, 10)


@pytest.mark.parametrize(("reachable", "expected"), [(True, ("downloadable", "")), (False, ("unavailable", OFFLINE))])
def test_a_model_that_is_not_cached_depends_on_the_hub(reachable: bool, expected: tuple[str, str], zoo: Path) -> None:
    models = make(zoo, pinned_entry(zoo / "rnn"), hub=Files(reachable=reachable))
    status = models.status("hub/pinned")
    assert (status.state, status.reason) == expected


def test_offline_an_embedded_model_works_and_a_hub_model_says_why_not(zoo: Path) -> None:
    models = make(zoo, pinned_entry(zoo / "rnn"), hub=Files())
    with models.lease("zoo/rnn"):
        pass
    with pytest.raises(ModelUnavailable, match="Pinned is not on this machine"), models.lease("hub/pinned"):
        pass


def test_a_file_that_is_not_the_pinned_one_is_refused_and_an_embedded_model_offered(zoo: Path) -> None:
    models = make(zoo, pinned_entry(zoo / "rnn", digest="0" * 64), hub=Files(zoo / "rnn"))
    assert models.status("hub/pinned").state == "unavailable"
    for use in (models.pull, models.verify, lambda id: models.lease(id).__enter__()):
        with pytest.raises(ModelCorrupt, match=r"is not used\. Choose gpt2 instead"):
            use("hub/pinned")


def test_without_an_embedded_model_none_is_offered(tmp_path: Path, zoo: Path) -> None:
    models = make(tmp_path, pinned_entry(zoo / "rnn", digest="0" * 64), hub=Files(zoo / "rnn"))
    with pytest.raises(ModelCorrupt, match=r"so it is not used\.$"):
        models.pull("hub/pinned")


def test_a_pull_downloads_and_checks(zoo: Path) -> None:
    hub = Hub(probe=lambda: True, download=lambda repo, revision, files: zoo / "rnn")
    make(zoo, pinned_entry(zoo / "rnn"), hub=hub).pull("hub/pinned")
    with pytest.raises(ModelCorrupt):
        make(zoo, pinned_entry(zoo / "rnn", digest="0" * 64), hub=hub).pull("hub/pinned")


def test_a_packaged_model_that_is_missing_or_damaged_falls_back_to_the_hub_copy(zoo: Path, tmp_path: Path) -> None:
    shutil.copytree(zoo / "rnn", tmp_path / "damaged")
    weights = tmp_path / "damaged" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"!")
    for folder in (None, tmp_path / "damaged"):
        entry = pinned_entry(zoo / "rnn", source="packaged", folder=folder)
        models = make(zoo, entry, hub=Files(zoo / "rnn"))
        assert models.status("hub/pinned").state == "cached"
        with models.lease("hub/pinned") as loaded:
            assert loaded.model(TOKENS).logits.shape == (1, 3, 10)


def test_verify_reads_the_files_again(zoo: Path, tmp_path: Path) -> None:
    shutil.copytree(zoo / "rnn", tmp_path / "rnn")
    models = make(tmp_path)
    models.verify("zoo/rnn")
    weights = tmp_path / "rnn" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1])
    with pytest.raises(ModelCorrupt):
        models.verify("zoo/rnn")


# Devices, with loads that only pretend.


@pytest.fixture
def with_cuda(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "default_device", lambda: "cuda")
    monkeypatch.setattr(registry_module.memory_size, "default_budget", lambda kind: 10**9)


def test_a_lease_uses_the_machines_own_device(zoo: Path, with_cuda: None, monkeypatch: pytest.MonkeyPatch) -> None:
    loads, models = fake_loads(monkeypatch), make(zoo)
    with models.lease("zoo/rnn"), models.lease("zoo/rnn", device="cpu"), models.lease("zoo/rnn", device="cuda:0"):
        pass
    assert loads == [("rnn", "cuda"), ("rnn", "cpu")]
    assert models.status("zoo/rnn").loads == 2


def test_a_full_gpu_is_tried_twice_then_the_cpu_is_used_with_a_note(
    zoo: Path, with_cuda: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load(folder: Path, task: str, where: torch.device, base: Loaded | None) -> Loaded:
        if where.type == "cuda":
            raise torch.OutOfMemoryError
        return Loaded(torch.nn.Linear(2, 2), None, where)

    loads, models = fake_loads(monkeypatch, load), make(zoo)
    for _ in range(2):  # the second time within the back-off
        with models.lease("zoo/rnn") as loaded:
            assert (loaded.device.type, loaded.note) == ("cpu", ON_CPU)
    assert loads == [("rnn", "cuda"), ("rnn", "cuda"), ("rnn", "cpu")]


def test_a_full_cpu_has_no_fallback(zoo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def load(folder: Path, task: str, where: torch.device, base: Loaded | None) -> Loaded:
        raise MemoryError

    fake_loads(monkeypatch, load)
    with pytest.raises(ModelUnavailable, match="too full"), make(zoo).lease("zoo/rnn"):
        pass


def test_an_error_inside_the_block_is_not_taken_for_a_failed_load(zoo: Path) -> None:
    with pytest.raises(MemoryError), make(zoo).lease("zoo/rnn"):
        raise MemoryError


@pytest.fixture
def zerogpu(zoo: Path, monkeypatch: pytest.MonkeyPatch) -> Registry:
    monkeypatch.setenv("SPACES_ZERO_GPU", "true")
    entry = pinned_entry(zoo / "rnn", parameters=200_000_000)
    return make(zoo, entry, hub=Files(zoo / "rnn"), pinned_models="hub/pinned,zoo/rnn", model_budget="1MB")


def test_on_zerogpu_pinned_models_are_loaded_by_the_calling_thread(
    zerogpu: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[threading.Thread] = []

    def load(folder: Path, task: str, where: torch.device, base: Loaded | None) -> Loaded:
        if where.type == "cuda":
            threads.append(threading.current_thread())
        return Loaded(torch.nn.Linear(2, 2), None, where)

    loads = fake_loads(monkeypatch, load)
    zerogpu.preload()
    assert loads == [("rnn", "cuda"), ("rnn", "cpu")]
    assert threads == [threading.current_thread()]


def test_on_zerogpu_no_size_is_read_and_nothing_is_dropped(zerogpu: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    class Packed(torch.nn.Module):
        def parameters(self, recurse: bool = True) -> Any:
            raise AssertionError("packed tensors cannot be read")

    fake_loads(monkeypatch, lambda folder, task, where, base: Loaded(Packed(), None, where))
    monkeypatch.setattr(registry_module, "_measure", lambda value, base: 1)  # the CPU's cache may measure
    zerogpu.preload()
    zerogpu.expire()
    assert zerogpu.status("hub/pinned").in_memory


def test_on_zerogpu_a_cuda_lease_outside_a_gpu_worker_is_an_error(
    zerogpu: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_loads(monkeypatch)
    zerogpu.preload()
    with pytest.raises(RuntimeError, match="on ZeroGPU"), zerogpu.lease("hub/pinned", device="cuda"):
        pass
    with device._in_worker(), zerogpu.lease("hub/pinned", device="cuda") as loaded:
        assert loaded.device.type == "cuda"


# The registry of the process.


def test_importing_the_registry_does_not_import_the_heavy_libraries() -> None:
    check = """
import sys, playground.runtime.registry
heavy = {"transformers", "sentence_transformers", "peft", "huggingface_hub", "sklearn"} & set(sys.modules)
sys.exit(f"imported: {heavy}" if heavy else 0)
"""
    subprocess.run([sys.executable, "-c", check], check=True)


def test_the_process_has_one_registry_of_zoo_hub_and_local_models(
    zoo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_recurrent(tmp_path / "mine")
    monkeypatch.setattr(
        registry_module, "settings", lambda: Settings(zoo_dir=zoo, models_dir=tmp_path, hub="off", model_idle_ttl=0.001)
    )
    registry_module._from_settings.cache_clear()
    with ThreadPoolExecutor(4) as pool:
        made = set(pool.map(lambda _: registry(), range(4)))
    assert len(made) == 1
    ids = [entry.id for entry in registry().entries()]
    assert {"zoo/rnn", "packaged/all-minilm-l6-v2", "hub/gpt2", "local/mine"} <= set(ids)
    with registry().lease("zoo/rnn"):
        pass
    registry_module._from_settings.cache_clear()
