from __future__ import annotations

from collections.abc import Generator

import pytest

from playground.tabs.matching.steps import Step, as_frames, finished


def work() -> Generator[Step, None, str]:
    yield Step("read", 1, 4)
    yield Step("read", 4, 4)
    return "result"


def test_steps_become_frames_between_two_shares_and_the_result_comes_back() -> None:
    given: list[str] = []

    def run() -> Generator[object, None, None]:
        given.append((yield from as_frames(work(), 0.2, 0.6)))

    shares = [frame.done for frame in run()]  # type: ignore[attr-defined]
    assert shares == pytest.approx([0.3, 0.6])
    assert given == ["result"]


def test_work_can_be_done_in_one_go() -> None:
    assert finished(work()) == "result"


def test_a_stage_of_nothing_is_finished() -> None:
    assert Step("read", 0, 0).share == 1.0
