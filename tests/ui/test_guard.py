"""Every failure inside gradio becomes a sentence, without a traceback."""

from __future__ import annotations

import asyncio
from typing import Any

import gradio as gr
import pytest

from playground.runtime.logs import JsonLines
from playground.ui.guard import guard


class Page:
    """Stands for a page whose events end in one way."""

    def __init__(self, end: Exception | dict[str, Any]) -> None:
        self.end = end

    async def process_api(self, *args: Any, **options: Any) -> dict[str, Any]:
        if isinstance(self.end, Exception):
            raise self.end
        return self.end


def process(end: Exception | dict[str, Any], **options: Any) -> dict[str, Any]:
    page: Any = guard(Page(end))  # type: ignore[arg-type]
    return asyncio.run(page.process_api(0, [], **options))


def test_results_pass() -> None:
    assert process({"data": [1]}) == {"data": [1]}


def test_an_error_of_gradio_becomes_a_sentence(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(gr.Error) as refusal:
        process(ValueError("secret input"))
    assert "Reload the page" in refusal.value.message
    assert not refusal.value.print_exception
    (line,) = map(JsonLines().format, caplog.records)
    assert "builtins.ValueError" in line
    assert __file__ in line
    assert "secret" not in line


def test_the_sentence_is_in_the_visitors_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playground.ui.guard.translate", lambda language, message: f"{language}: {message}")
    request = gr.Request(headers={"accept-language": "zh-CN"}, query_params={})
    with pytest.raises(gr.Error, match=r"^'zh: "):
        process(ValueError(), request=request)


def test_a_sentence_of_ours_stays_and_leaves_no_traceback() -> None:
    with pytest.raises(gr.Error) as refusal:
        process(gr.Error("Prompt must be plain text."))
    assert refusal.value.message == "Prompt must be plain text."
    assert not refusal.value.print_exception
