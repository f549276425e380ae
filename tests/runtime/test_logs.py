"""Log lines are JSON and hold no visitor's text."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from playground.runtime.logs import configure

logger = logging.getLogger("whybox.test")


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger("whybox")
    before = root.handlers, root.level, root.propagate
    written = io.StringIO()
    configure("info", written)
    yield written
    root.handlers, root.level, root.propagate = before


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_record_is_one_line_with_its_fields(stream: io.StringIO) -> None:
    logger.info("run ended", extra={"run_id": "r1", "tab": "decoding", "seconds": 1.5})
    (line,) = lines(stream)
    assert (line["logger"], line["level"], line["message"]) == ("whybox.test", "info", "run ended")
    assert (line["run_id"], line["tab"], line["seconds"]) == ("r1", "decoding", 1.5)
    assert line["time"].endswith("Z")


def test_fields_that_may_hold_a_visitors_text_are_left_out(stream: io.StringIO) -> None:
    logger.warning("refused %s", "secret prompt", extra={"prompt": "secret prompt"})
    assert "secret" not in stream.getvalue()


def test_an_exception_gives_its_class_and_place_but_not_its_message(stream: io.StringIO) -> None:
    try:
        raise ValueError("secret prompt")
    except ValueError:
        logger.exception("run failed")
    (line,) = lines(stream)
    assert line["exception"] == "builtins.ValueError"
    assert __file__ in line["places"][0]
    assert "secret" not in stream.getvalue()


def test_lines_below_the_level_are_left_out(stream: io.StringIO) -> None:
    logger.debug("detail")
    assert lines(stream) == []


def test_configuring_again_does_not_double_the_lines(stream: io.StringIO) -> None:
    configure("info", stream)
    logger.info("once")
    assert len(lines(stream)) == 1
