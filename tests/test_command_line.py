"""The command line, the entry point and what a Space is sent."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from playground import deploy as deployment
from playground import serve as serving
from playground.__main__ import main
from playground.runtime import registry as registry_module
from playground.runtime.errors import ModelCorrupt
from playground.runtime.settings import REPOSITORY, Settings, settings
from playground.serve import free_address, serve


@dataclass
class Models:
    """Two models, one of them damaged."""

    pulled: list[str] = field(default_factory=list)

    def entries(self) -> list[SimpleNamespace]:
        return [
            SimpleNamespace(id=id, bytes=5_000_000, licence="apache-2.0", title=id.upper())
            for id in ("zoo/good", "hub/damaged")
        ]

    def status(self, id: str) -> SimpleNamespace:
        return SimpleNamespace(state="embedded" if id == "zoo/good" else "cached", reason="" if "good" in id else "why")

    def pull(self, id: str) -> None:
        self.pulled.append(id)

    def verify(self, id: str) -> None:
        if id == "hub/damaged":
            raise ModelCorrupt("The file of {model} is damaged: pull it again.", model=id)


@pytest.fixture
def models(monkeypatch: pytest.MonkeyPatch) -> Models:
    fake = Models()
    monkeypatch.setattr(registry_module, "registry", lambda: fake)
    monkeypatch.setattr(os, "environ", dict(os.environ))
    return fake


def test_models_are_listed_one_a_line(models: Models, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "list"]) == 0
    good, damaged = capsys.readouterr().out.splitlines()
    assert good.split() == ["zoo/good", "embedded", "5.0", "MB", "apache-2.0", "ZOO/GOOD"]
    assert "cached (why)" in damaged


def test_models_are_pulled_by_id(models: Models) -> None:
    assert main(["models", "pull", "hub/a", "hub/b"]) == 0
    assert models.pulled == ["hub/a", "hub/b"]


def test_a_damaged_model_is_reported_with_a_sentence(models: Models, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "verify"]) == 1
    output = capsys.readouterr()
    assert output.out == "zoo/good is intact.\n"
    assert output.err == "The file of hub/damaged is damaged: pull it again.\n"


def test_every_setting_is_an_option_of_serve(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["serve", "--help"])
    text = capsys.readouterr().out
    assert all(f"--{name.replace('_', '-')}" in text for name in Settings.model_fields)


def test_the_entry_point_stays_small() -> None:
    assert len((REPOSITORY / "app.py").read_text().splitlines()) <= 60


IMPORT = """
import hashlib, threading, urllib.request
done = []
urllib.request.urlopen = lambda *_, **__: done.append("asked the hub")
hashlib.file_digest = lambda *_: done.append("read weights")
import app
for thread in threading.enumerate():
    if thread.name in ("whybox-hub-probe", "openings"):
        done.append(thread.name)
print(done)
"""


def test_importing_the_app_neither_asks_the_hub_nor_reads_weights(tmp_path: Path) -> None:
    environment = os.environ | {"PLAYGROUND_HUB": "auto", "HF_HUB_OFFLINE": "0", "PLAYGROUND_CACHE_DIR": str(tmp_path)}
    command = [sys.executable, "-c", IMPORT]
    ended = subprocess.run(command, capture_output=True, text=True, cwd=REPOSITORY, env=environment, check=True)
    assert ended.stdout == "[]\n"


class Launched:
    """A page that says when it is launched and closed."""

    local_url = "here"

    def __init__(self) -> None:
        self.calls: list[str] = []

    def launch(self, **_: Any) -> None:
        self.calls.append("launched")

    def close(self, **_: Any) -> None:
        self.calls.append("closed")


@pytest.fixture
def handlers() -> Iterator[None]:
    """Signals are handled as before once the test is over."""
    before = {name: signal.getsignal(name) for name in (signal.SIGINT, signal.SIGTERM)}
    yield
    for name, handler in before.items():
        signal.signal(name, handler)


@pytest.mark.usefixtures("handlers")
def test_work_in_the_background_begins_once_the_page_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    page = Launched()

    def begin() -> None:
        page.calls.append("begun")
        signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr(serving, "free_address", lambda chosen: ("127.0.0.1", 1))
    monkeypatch.setattr(serving.logs, "configure", lambda level: None)
    assert serve(page, {}, begin) == 0  # type: ignore[arg-type]
    assert page.calls == ["launched", "begun", "closed"]


def test_benchmarks_run_in_processes_of_their_own(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    calls: list[list[str]] = []

    def call(command: list[str], **_: Any) -> int:
        calls.append(command[1:])
        return int(command[-1].endswith("slow"))

    monkeypatch.setattr(subprocess, "call", call)
    assert main(["bench", "quick", "slow"]) == 1
    assert calls == [["-m", "benchmarks.quick"], ["-m", "benchmarks.slow"]]


# Where the server listens


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        yield holder.getsockname()[1]


class Page:
    """A page that must not be launched."""

    def launch(self, **_: Any) -> None:
        raise AssertionError


def test_a_port_in_use_is_one_sentence(
    taken_port: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PLAYGROUND_PORT", str(taken_port))
    settings.cache_clear()
    try:
        assert serve(Page(), {}, begin=lambda: None) == 1  # type: ignore[arg-type]
    finally:
        monkeypatch.undo()
        settings.cache_clear()
    assert capsys.readouterr().err == (
        f"Port {taken_port} is in use: stop the program that holds it, or set another one with PLAYGROUND_PORT.\n"
    )


def test_an_address_of_another_machine_is_refused_with_a_sentence() -> None:
    with pytest.raises(OSError, match=r"cannot listen on 192\.0\.2\.1"):
        free_address(Settings(host="192.0.2.1"))


def test_port_0_becomes_a_free_one() -> None:
    host, port = free_address(Settings(port=0))
    assert host == "127.0.0.1"
    assert port > 0


def test_a_space_listens_on_all_addresses_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPACE_ID", "someone/whybox")
    assert free_address(Settings(port=0))[0] == "0.0.0.0"
    assert free_address(Settings(port=0, host="127.0.0.1"))[0] == "127.0.0.1"


def test_a_bad_setting_ends_the_server_with_a_sentence(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "playground", "serve", "--port", "70000"],
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
        check=False,
    )
    assert ended.returncode == 1
    assert ended.stderr == (
        "PLAYGROUND_PORT cannot be used as it is set (port to listen on; 0 picks a free one): "
        "change it and start again.\n"
    )


def test_the_server_starts_answers_and_stops_when_told(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "playground", "serve", "--port", "0", "--cache-dir", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=REPOSITORY) as server:
        assert server.stdout is not None
        url = server.stdout.readline().split()[-1]
        health = httpx.get(f"{url}healthz", timeout=20)
        page = httpx.get(url, timeout=20)
        server.send_signal(signal.SIGTERM)
        _, errors = server.communicate(timeout=30)
    assert health.json() == {"status": "ok"}
    assert page.status_code == 200
    assert page.headers["referrer-policy"] == "same-origin"
    assert server.returncode == 0
    assert "Traceback" not in errors


# What a Space is sent


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("space") / "files"
    assert main(["deploy", "someone/whybox", "--dry-run", str(target)]) == 0
    return target


def test_a_space_gets_what_it_needs_to_run(folder: Path) -> None:
    for name in ("app.py", "README.md", "requirements.txt", "playground/page.py", "models/nets/rnn_lm.py", "assets"):
        assert (folder / name).exists()


def test_a_space_gets_neither_caches_nor_tests_nor_recipes(folder: Path) -> None:
    names = {path.name for path in folder.rglob("*")}
    assert names.isdisjoint({"__pycache__", "tests", "recipes", ".git"})


def test_the_platform_brings_its_own_gradio_and_torch(folder: Path) -> None:
    lines = (folder / "requirements.txt").read_text().splitlines()
    assert "torch" in lines
    assert not any(line.startswith(("gradio", "huggingface_hub", "spaces")) for line in lines)
    assert any(line.startswith("transformers>=") for line in lines)


def test_a_folder_that_is_not_empty_is_left_alone(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["deploy", "someone/whybox", "--dry-run", str(folder)]) == 1
    assert "is not empty" in capsys.readouterr().err


class Hub:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.created: dict[str, Any] = {}
        self.uploaded: dict[str, Any] = {}
        self.files: set[str] = set()

    def create_repo(self, repo: str, **options: Any) -> str:
        self.created = {"repo": repo, **options}
        return f"https://hub.example/{repo}"

    def upload_folder(self, *, folder_path: Path, **options: Any) -> None:
        self.uploaded = options
        self.files = {path.name for path in folder_path.iterdir()}


def test_deploying_creates_the_space_and_uploads_the_folder() -> None:
    hub = Hub()
    url = deployment.deploy("someone/whybox", hardware="zero-a10g", private=True, api=hub)  # type: ignore[arg-type]
    assert url == "https://hub.example/someone/whybox"
    assert (hub.created["repo_type"], hub.created["space_sdk"]) == ("space", "gradio")
    assert (hub.created["space_hardware"], hub.created["private"]) == ("zero-a10g", True)
    assert hub.uploaded["repo_id"] == "someone/whybox"
    assert hub.files == set(deployment.SHIPPED)
