"""A headless Chromium from the system, and small apps served on a free port."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gradio as gr
import plotly
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.routing import Route

from playground.ui.page_language import PageLanguage
from playground.ui.theme import css, head, theme
from playground.ui.translations import i18n

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
PLOTLY_JS = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"

Serve = Callable[..., str]
OpenPage = Callable[..., Page]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests."""
    executable = next(filter(None, map(shutil.which, NAMES)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[OpenPage]:
    """Opens an address in a fresh context; at the end nothing may have failed or left the machine."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_(url: str, **options: Any) -> Page:
        context = chromium.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: complaints.extend(_outside(request.url)))
        page.goto(url)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serves gradio apps with the project's look until the test ends."""
    apps: list[gr.Blocks] = []

    def serve_(demo: gr.Blocks, **options: Any) -> str:
        apps.append(demo)
        settings = {"theme": theme(), "css": css(), "head": head(), "i18n": i18n(), "ssr_mode": False, "quiet": True}
        plotly_route = Route("/assets/plotly.min.js", _plotly)
        settings["app_kwargs"] = {"routes": [plotly_route], "middleware": [Middleware(PageLanguage)]}
        _, url, _ = demo.launch(server_port=free_port(), prevent_thread_lock=True, **(settings | options))
        return url

    yield serve_
    for demo in apps:
        demo.close()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _plotly(request: Request) -> FileResponse:
    return FileResponse(PLOTLY_JS)


def _outside(url: str) -> list[str]:
    local = url.startswith(("http://127.0.0.1:", "data:", "blob:", "about:"))
    return [] if local else [f"request to {url}"]
