"""First runs: once per server, from memory where it is there, and a failure harms nobody."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from playground.runtime.contracts import Note
from playground.ui.openings import SESSION, Openings
from tests.fakes import CountRequest, FakeRunner, counting

SOON = 5  # seconds


def test_the_first_preset_is_computed_once_however_often_it_is_started() -> None:
    runner = FakeRunner()
    openings = Openings([counting(Path())], runner)
    for _ in range(3):
        openings.start()
    screen = openings.screen("counting", SOON)
    assert screen is not None
    assert screen.view == list(range(1, 9))
    assert runner.submitted == [(CountRequest(), SESSION)]


def test_a_remembered_first_run_is_not_computed() -> None:
    runner = FakeRunner(remembered={CountRequest()})
    openings = Openings([counting(Path())], runner)
    openings.start()
    assert openings.screen("counting", SOON) is not None
    assert runner.submitted == []


def test_nobody_waits_longer_than_they_said() -> None:
    gate = threading.Event()
    openings = Openings([counting(Path())], FakeRunner(step=lambda request, number: bool(gate.wait(SOON))))
    openings.start()
    assert openings.screen("counting") is None
    assert not openings.ready("counting")
    gate.set()
    assert openings.screen("counting", SOON) is not None
    assert openings.ready("counting")


def test_a_failed_first_run_is_no_run(caplog: pytest.LogCaptureFixture) -> None:
    openings = Openings([counting(Path())], FakeRunner(failure=Note("No.")))
    openings.start()
    assert openings.screen("counting", SOON) is None
    assert "did not finish" in caplog.text


def test_a_failed_first_run_is_tried_again_by_the_next_visitor(caplog: pytest.LogCaptureFixture) -> None:
    runner = FakeRunner(failure=Note("No."))
    openings = Openings([counting(Path())], runner)
    openings.start()
    assert openings.screen("counting", SOON) is None
    wait_for_thread()
    runner.failure = None
    openings.start()
    assert openings.screen("counting", SOON) is not None
    wait_for_thread()
    openings.start()
    assert len(runner.submitted) == 2


def wait_for_thread() -> None:
    """Until no first runs are being computed."""
    for thread in threading.enumerate():
        if thread.name == "openings":
            thread.join(SOON)


def test_a_broken_first_run_is_logged_and_no_run(caplog: pytest.LogCaptureFixture) -> None:
    def explode(request: CountRequest, number: int) -> None:
        raise ZeroDivisionError

    openings = Openings([counting(Path())], FakeRunner(step=explode))
    openings.start()
    assert openings.screen("counting", SOON) is None
    assert "ZeroDivisionError" in caplog.text


def test_a_tab_without_presets_has_no_first_run() -> None:
    openings = Openings([counting(Path(), presets=())], FakeRunner())
    assert openings.screen("counting") is None
    assert openings.ready("counting")
