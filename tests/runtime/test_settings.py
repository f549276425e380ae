"""Settings from PLAYGROUND_ variables, and what follows from them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from playground.runtime import settings as settings_module
from playground.runtime.settings import Settings, prepare_process


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("PLAYGROUND_") or name == "SPACE_ID"]:
        monkeypatch.delenv(name)


def test_variables_set_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_PORT", "8000")
    monkeypatch.setenv("PLAYGROUND_MODEL_BUDGET", "2GB")
    monkeypatch.setenv("PLAYGROUND_PINNED_MODELS", "zoo/a, zoo/b,")
    monkeypatch.setenv("PLAYGROUND_MODELS_DIR", "/models")
    settings = Settings()
    assert (settings.port, settings.model_budget) == (8000, 2 * 10**9)
    assert settings.pinned_models == ("zoo/a", "zoo/b")
    assert settings.models_dir == Path("/models")


@pytest.mark.parametrize(("name", "value"), [("PORT", "70000"), ("DEVICE", "tpu"), ("TIME_BOX", "-1"), ("HUB", "x")])
def test_a_bad_variable_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"PLAYGROUND_{name}", value)
    with pytest.raises(ValidationError, match=name.lower()):
        Settings()


def test_your_own_machine_has_no_time_box() -> None:
    assert Settings().is_local
    assert Settings().run_seconds == float("inf")


def test_an_open_server_has_a_time_box(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_HOST", "0.0.0.0")
    assert Settings().run_seconds == 60


def test_a_space_is_never_local(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPACE_ID", "someone/whybox")
    assert Settings().on_space
    assert not Settings().is_local


@pytest.mark.parametrize(("value", "seconds"), [("5", 5.0), ("0", float("inf"))])
def test_the_time_box_can_be_set(monkeypatch: pytest.MonkeyPatch, value: str, seconds: float) -> None:
    monkeypatch.setenv("PLAYGROUND_TIME_BOX", value)
    assert Settings().run_seconds == seconds


def test_the_process_is_prepared_for_contended_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", {"PLAYGROUND_THREADS": "2"})
    settings_module.settings.cache_clear()
    prepare_process()
    settings_module.settings.cache_clear()
    assert os.environ["OMP_WAIT_POLICY"] == "PASSIVE"
    assert os.environ["OPENBLAS_NUM_THREADS"] == "1"
    assert os.environ["GRADIO_ANALYTICS_ENABLED"] == "False"
    assert int(os.environ["OMP_NUM_THREADS"]) >= 1


def test_what_the_operator_set_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", {"OMP_NUM_THREADS": "7"})
    prepare_process()
    assert os.environ["OMP_NUM_THREADS"] == "7"
