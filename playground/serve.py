"""Puts the page on its services and serves it until somebody stops the process."""

from __future__ import annotations

import errno
import logging
import signal
import socket
import sys
import threading
from collections.abc import Callable
from typing import Any, cast

import gradio as gr
from fastapi.exceptions import RequestValidationError
from starlette.middleware import Middleware

from playground.page import Services, build_page, tab_views
from playground.runtime import http, logs
from playground.runtime.device import default_device, pick
from playground.runtime.metrics import CountedRuns, Metrics
from playground.runtime.registry import registry
from playground.runtime.results import ResultMemory
from playground.runtime.runner import Runner
from playground.runtime.sessions import FILE_BYTES
from playground.runtime.settings import REPOSITORY, Settings, settings
from playground.ui import theme
from playground.ui.controls import limit_script
from playground.ui.guard import guard
from playground.ui.openings import Openings
from playground.ui.page_language import PageLanguage
from playground.ui.translations import i18n

logger = logging.getLogger("whybox.serve")

LONGEST_QUEUE = 32  # events waiting, over all visitors
MOST_SESSIONS = 200  # gradio keeps about 0.5 MB for each

PORT_IN_USE = "Port {port} is in use: stop the program that holds it, or set another one with PLAYGROUND_PORT."
CANNOT_LISTEN = "Whybox cannot listen on {host}, port {port} ({reason}): set PLAYGROUND_HOST and PLAYGROUND_PORT."


def build() -> tuple[gr.Blocks, dict[str, Any], Callable[[], None]]:
    """The page, the arguments of its `launch`, and what begins in the background once it is served."""
    chosen = settings()
    logs.configure(chosen.log_level)
    models = registry()
    models.preload()
    views = tab_views()
    memory = ResultMemory(chosen.cache_dir / "results", chosen.result_budget)
    runner = Runner(
        {view.name: view.tab for view in views}, models, memory=memory, pick=cast(Callable[[str], str], pick)
    )
    metrics = Metrics(models.snapshot, runner.waiting)
    services = Services(CountedRuns(runner, metrics), models, default_device())
    openings = Openings(views, services.runner)
    page = guard(build_page(services, views, openings))
    page.queue(max_size=LONGEST_QUEUE, default_concurrency_limit=1, api_open=False)

    def begin() -> None:
        models.probe_hub()
        openings.start()

    return page, launch_settings(metrics), begin


def launch_settings(metrics: Metrics) -> dict[str, Any]:
    """Everything `launch` is told, besides where to listen."""
    return {
        "theme": theme.theme(),
        "css": theme.css(),
        "head": theme.head() + limit_script(),
        "i18n": i18n(),
        "quiet": True,
        "show_error": False,
        "max_file_size": FILE_BYTES,
        "state_session_capacity": MOST_SESSIONS,
        "enable_monitoring": False,
        "run_history": False,
        "strict_cors": True,
        "allowed_paths": [],
        "ssr_mode": False,
        "footer_links": ["api"],
        "app_kwargs": {
            "exception_handlers": {RequestValidationError: http.form_refused},
            "middleware": [*http.middleware(settings().body_limit), Middleware(PageLanguage)],
            "routes": http.routes(REPOSITORY / "assets", metrics.text),
        },
    }


def serve(page: gr.Blocks, options: dict[str, Any], begin: Callable[[], None]) -> int:
    """Serve until SIGINT or SIGTERM; the exit status, 1 where the address cannot be had."""
    stop = threading.Event()
    try:
        host, port = free_address(settings())
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, lambda *_: stop.set())
        page.launch(server_name=host, server_port=port, prevent_thread_lock=True, **options)
    except OSError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"Whybox is at {page.local_url}", flush=True)
    logger.info("serving", extra={"port": port})
    begin()
    stop.wait()
    page.close(verbose=False)
    logger.info("stopped")
    return 0


def free_address(chosen: Settings) -> tuple[str, int]:
    """Host and port to listen on, port 0 replaced by a free one; OSError with a sentence if they cannot be had."""
    # A Space forwards to all addresses of its container.
    host = "0.0.0.0" if chosen.on_space and "host" not in chosen.model_fields_set else chosen.host
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, chosen.port))
        except OSError as error:
            sentence = PORT_IN_USE if error.errno == errno.EADDRINUSE else CANNOT_LISTEN
            reason = error.strerror or type(error).__name__
            raise OSError(sentence.format(host=host, port=chosen.port, reason=reason)) from error
        return host, int(probe.getsockname()[1])
