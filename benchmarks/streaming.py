"""What a visitor waits for: from Run to the first tokens on the screen, and updates a second after that.

    python -m benchmarks.streaming

Starts the app, opens it in headless Chromium (needs requirements-dev.txt and a Chromium), and runs a new
prompt under sixteen decoders for 128 tokens.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from urllib.error import URLError
from urllib.parse import urlencode

from playwright.sync_api import Page, sync_playwright

from playground.page import tab_views
from playground.tabs.decoding.request import SUGGESTED_DECODERS, DecodingRequest

FIRST_BAR, UPDATES_BAR = 0.3, 15
ROUNDS = 5
PROMPTS = ("Once upon a time", "There was a little girl who", "The king said", "In the forest", "When the night came")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
WATCH = """() => {
  const rows = document.querySelector(".rows");
  window.written = () => [...rows.querySelectorAll(".tokens")].map((card) => card.textContent).join("|");
  window.drawn = [];
  window.watching?.disconnect();
  window.watching = new MutationObserver(() => {
    const now = written();
    if (!now || now === window.before) return;
    window.before = now;
    window.drawn.push(performance.now() - window.begun);
  });
  window.watching.observe(rows, { childList: true, subtree: true });
}"""
PRESS = """() => {
  window.before = window.written();
  window.begun = performance.now();
  [...document.querySelectorAll("button")].find((button) => button.offsetParent && button.innerText === "Run").click();
}"""

QUIET = "() => window.drawn.length && performance.now() - window.begun - window.drawn.at(-1) > 2000"


@contextmanager
def served() -> Iterator[str]:
    """The app on a free port, remembering nothing of earlier runs."""
    with socket.socket() as probe, tempfile.TemporaryDirectory() as cache:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        command = [
            sys.executable,
            "-m",
            "playground",
            "serve",
            "--port",
            str(port),
            "--hub",
            "off",
            "--cache-dir",
            cache,
        ]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
            url = f"http://127.0.0.1:{port}/"
            try:
                wait_for(url + "healthz")
                yield url
            finally:
                server.terminate()


def wait_for(url: str) -> None:
    """Return once the server answers."""
    for _ in range(600):
        try:
            urllib.request.urlopen(url).close()
        except (URLError, ConnectionError):
            time.sleep(0.2)
        else:
            return
    raise SystemExit("The app does not start: run `make run` and read what it says.")


def wait_until_prepared(url: str) -> None:
    """Return once the server has computed every tab's first run, which it does in the background after its start."""
    finished = [f'whybox_runs_total{{state="done",tab="{view.name}"}}' for view in tab_views() if view.presets]
    for _ in range(600):
        with urllib.request.urlopen(url + "metrics") as answer:
            metrics = answer.read().decode()
        if all(line in metrics for line in finished):
            return
        time.sleep(0.2)
    raise SystemExit("The tabs' first runs do not finish: open the app and look at what they say.")


def watched_run(page: Page, prompt: str) -> tuple[float, float]:
    """Seconds from Run to the first tokens, and updates a second from then to the end."""
    page.locator("textarea:visible").first.fill(prompt)
    page.wait_for_timeout(500)  # the page sends the text
    page.evaluate(WATCH)
    page.evaluate(PRESS)
    page.wait_for_function(QUIET, timeout=120_000)
    drawn = [moment / 1000 for moment in page.evaluate("() => window.drawn")]
    return drawn[0], (len(drawn) - 1) / (drawn[-1] - drawn[0])


def main() -> None:
    """Print both figures."""
    request = DecodingRequest(decoders=SUGGESTED_DECODERS[:16], length=128)
    query = urlencode({"v": 1, "tab": "decoding", "lang": "en", "decoders": ",".join(request.decoders)})
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    with served() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(f"{url}?{query}")
        page.get_by_text("Done in").filter(visible=True).wait_for(timeout=120_000)
        wait_until_prepared(url)
        runs = [watched_run(page, prompt) for prompt in PROMPTS[:ROUNDS]]
        browser.close()
    first, rate = (median(run[which] for run in runs) for which in (0, 1))
    print(f"first tokens on the screen {first * 1e3:.0f} ms after Run (bar {FIRST_BAR * 1e3:.0f} ms)")
    print(f"sixteen rows x 128 tokens: {rate:.1f} updates a second (bar {UPDATES_BAR})")


if __name__ == "__main__":
    main()
