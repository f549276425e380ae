from __future__ import annotations

import threading
import urllib.error
import urllib.request
from email.message import Message
from pathlib import Path

import pytest

from playground.runtime import hub as hub_module
from playground.runtime.catalogue import ModelEntry
from playground.runtime.errors import ModelUnavailable
from playground.runtime.hub import OFFLINE, TURNED_OFF, Hub, ask_hub

ENTRY = ModelEntry(
    "hub/tiny", "Tiny", "hub", "causal-lm", repo="someone/tiny", revision="0" * 40, sha256={"model.safetensors": "1"}
)


def no_download(repo: str, revision: str, files: tuple[str, ...]) -> Path:
    raise AssertionError("nothing may be downloaded here")


@pytest.fixture
def hub_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty hub cache; returns the snapshot folder of ENTRY in it."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    return tmp_path / "models--someone--tiny" / "snapshots" / ENTRY.revision


def fill(snapshot: Path, *names: str) -> None:
    snapshot.mkdir(parents=True)
    for name in names:
        (snapshot / name).write_text("{}")


def test_the_hub_is_probed_once() -> None:
    probes: list[int] = []
    hub = Hub(probe=lambda: probes.append(1) is None)
    assert [hub.reachable() for _ in range(3)] == [True] * 3
    assert len(probes) == 1


def test_many_threads_probe_the_hub_once() -> None:
    probes: list[int] = []
    hub = Hub(probe=lambda: probes.append(1) is None)
    start = threading.Barrier(8)

    def ask() -> None:
        start.wait()
        hub.reachable()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(probes) == 1


def test_a_probe_without_an_answer_counts_as_unreachable_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_module, "PROBE_SECONDS", 0.01)
    answer = threading.Event()
    hub = Hub(probe=lambda: answer.wait(20))
    assert not hub.reachable()
    answer.set()
    assert hub._thread is not None
    hub._thread.join()
    assert not hub.reachable()


def test_a_hub_that_is_turned_off_is_never_asked() -> None:
    hub = Hub(allowed=False, probe=lambda: pytest.fail("asked"))
    assert (hub.reachable(), hub.why_unreachable()) == (False, TURNED_OFF)


def test_an_unreachable_hub_says_so() -> None:
    assert Hub(probe=lambda: False).why_unreachable() == OFFLINE
    assert Hub(probe=lambda: True).why_unreachable() == ""


def test_a_cached_snapshot_is_found_without_asking_the_hub(hub_cache: Path) -> None:
    fill(hub_cache, "config.json", "model.safetensors")
    hub = Hub(probe=lambda: pytest.fail("asked"), download=no_download)
    assert hub.folder(ENTRY) == hub_cache


def test_a_snapshot_without_its_weights_is_not_cached(hub_cache: Path) -> None:
    fill(hub_cache, "config.json")
    assert Hub(allowed=False).cached_folder(ENTRY) is None


def test_a_missing_model_is_refused_at_once_while_the_hub_is_unreachable(hub_cache: Path) -> None:
    hub = Hub(probe=lambda: False, download=no_download)
    with pytest.raises(ModelUnavailable, match="Tiny is not on this machine"):
        hub.folder(ENTRY)


def test_only_json_and_pinned_weights_are_downloaded_at_the_pinned_commit(hub_cache: Path) -> None:
    asked: list[tuple[str, str, tuple[str, ...]]] = []

    def download(repo: str, revision: str, files: tuple[str, ...]) -> Path:
        asked.append((repo, revision, files))
        return hub_cache

    assert Hub(probe=lambda: True, download=download).folder(ENTRY) == hub_cache
    ((repo, revision, files),) = asked
    assert (repo, revision) == ("someone/tiny", "0" * 40)
    assert "model.safetensors" in files
    assert all(file.endswith((".json", ".safetensors")) for file in files)


def test_a_failed_download_is_a_sentence(hub_cache: Path) -> None:
    def download(repo: str, revision: str, files: tuple[str, ...]) -> Path:
        raise ConnectionError("/some/path")

    with pytest.raises(ModelUnavailable, match=r"Tiny could not be downloaded \(ConnectionError\)"):
        Hub(probe=lambda: True, download=download).folder(ENTRY)


@pytest.mark.parametrize(
    ("error", "reachable"),
    [
        (urllib.error.HTTPError("https://hub", 403, "no", Message(), None), True),
        (urllib.error.URLError("no such host"), False),
        (TimeoutError(), False),
        (ValueError("not an address"), False),
    ],
)
def test_any_answer_counts_as_reachable(error: Exception, reachable: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    def urlopen(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(urllib.request, "urlopen", urlopen)
    monkeypatch.setattr("huggingface_hub.constants.is_offline_mode", lambda: False)
    assert ask_hub() is reachable


def test_offline_mode_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.is_offline_mode", lambda: True)
    monkeypatch.setattr(urllib.request, "urlopen", lambda *_, **__: pytest.fail("asked"))
    assert not ask_hub()
