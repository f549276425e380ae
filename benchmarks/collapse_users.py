"""Eight people train at once: does each see progress, do light clicks stay quick, is whoever leaves let go.

    python -m benchmarks.collapse_users [--users 8] [--seconds 30] [--minutes 10]

Starts the app and speaks to it over HTTP as the page does: every visitor has a heartbeat, presses Run, and reads
the stream of updates. Then one visitor trains run after run for so many minutes, and the server's memory is read.
"""

from __future__ import annotations

import argparse
import json
import re
import socket
import threading
import time
import urllib.request
import uuid
from collections.abc import Iterator
from itertools import count, pairwise
from statistics import quantiles
from typing import Any
from urllib.parse import urlsplit

import httpx

from benchmarks.streaming import served
from playground.tabs.collapse.request import CollapseRequest, Variant
from playground.ui.controls import control_names, to_values

GAP_BAR, LIGHT_BAR, FREED_BAR, FRAME_BAR = 3.0, 0.3, 5.0, 100_000
CANCELLED = r'whybox_runs_total{state="cancelled",tab="collapse"}'
MEMORY = "process_resident_memory_bytes"
FOUR = (Variant(stop_gradient=False), Variant(predictor="none"), Variant(batch_norm="hidden"))


class Buttons:
    """What the page's configuration says of the collapse tab: which event each button is, and what it needs."""

    def __init__(self, config: dict[str, Any]) -> None:
        marker = next(
            part["id"]
            for part in config["components"]
            if "field-stop_gradient" in (part["props"].get("elem_classes") or ())
        )
        events = [event for event in config["dependencies"] if marker in event["inputs"]]
        self.run = next(event for event in events if event["types"]["generator"])
        self.save = next(event for event in events if len(event["inputs"]) == len(control_names(CollapseRequest)) + 1)


class Visitor:
    """A browser's tab: it stays open until :meth:`leave`."""

    def __init__(self, url: str, buttons: Buttons) -> None:
        self._api, self._buttons, self._hash = f"{url}gradio_api/", buttons, uuid.uuid4().hex[:11]
        self._client = httpx.Client(timeout=None)
        self._heartbeat = heartbeat(url, self._hash)
        self._left = False
        self.begun = 0.0  # when Run was pressed
        self.moments: list[float] = []  # when updates of the run arrived
        self.largest = 0  # bytes of an update

    def run(self, request: CollapseRequest) -> None:
        """Press Run, and read the updates to their end or until the visitor leaves."""
        self.begun = time.monotonic()
        for size in self._events(self._buttons.run, [None, None, *to_values(request)]):
            self.moments.append(time.monotonic())
            self.largest = max(self.largest, size)
            if self._left:
                return

    def save(self, request: CollapseRequest) -> float:
        """Press Save configuration; the seconds until it is answered."""
        begun = time.monotonic()
        for _ in self._events(self._buttons.save, [None, *to_values(request)]):
            pass
        return time.monotonic() - begun

    def leave(self) -> None:
        """Close the tab."""
        self._left = True
        self._heartbeat.close()

    def _events(self, event: dict[str, Any], data: list[Any]) -> Iterator[int]:
        """Ask for an event; the size of each of its messages that changes the page."""
        body = {
            "data": data,
            "fn_index": event["id"],
            "session_hash": self._hash,
            "trigger_id": event["targets"][0][0],
            "event_data": None,
        }
        self._client.post(f"{self._api}queue/join", json=body).raise_for_status()
        with self._client.stream("GET", f"{self._api}queue/data", params={"session_hash": self._hash}) as stream:
            for line in stream.iter_lines():
                said = line[len("data:") :] if line.startswith("data:") else ""
                message = json.loads(said) if said else {}
                if message.get("msg") in ("process_generating", "process_completed"):
                    if not message.get("success", True):
                        raise SystemExit(f"The page answered: {said[:300]}")
                    yield len(said)
                if message.get("msg") in ("process_completed", "close_stream"):
                    return


def heartbeat(url: str, session: str) -> socket.socket:
    """The connection that tells the server that a tab is open."""
    address = urlsplit(url)
    connection = socket.create_connection((str(address.hostname), int(address.port or 80)))
    connection.sendall(f"GET /gradio_api/heartbeat/{session} HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n".encode())
    return connection


def text(url: str) -> str:
    """What an address answers."""
    with urllib.request.urlopen(url) as answer:
        return str(answer.read().decode())


def metric(url: str, name: str) -> float:
    """One of the server's counts, 0 before it first counts."""
    found = re.search(rf"^{re.escape(name)} (\S+)$", text(url + "metrics"), re.MULTILINE)
    return float(found[1]) if found else 0.0


def together(url: str, buttons: Buttons, users: int, seconds: float) -> tuple[list[Visitor], list[float], float]:
    """So many visitors train at once while another one clicks; they, the clicks' seconds, and when all were let go."""
    visitors = [Visitor(url, buttons) for _ in range(users)]
    requests = [CollapseRequest(steps=20_000, seed=number + 1, beside=FOUR) for number in range(users)]
    threads = [
        threading.Thread(target=visitor.run, args=(request,), daemon=True)
        for visitor, request in zip(visitors, requests, strict=True)
    ]
    for thread in threads:
        thread.start()
    other, clicks = Visitor(url, buttons), []
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        clicks.append(other.save(requests[0]))
        time.sleep(0.1)
    before, left = metric(url, CANCELLED), time.monotonic()
    for visitor in visitors:
        visitor.leave()
    while metric(url, CANCELLED) < before + users and time.monotonic() < left + 60:
        time.sleep(0.05)
    return visitors, clicks, time.monotonic() - left


def memory(url: str, buttons: Buttons, minutes: float) -> list[float]:
    """Megabytes of the server after every run of one visitor who keeps on training."""
    visitor, begun, sizes = Visitor(url, buttons), time.monotonic(), []
    for seed in count(1000):
        visitor.run(CollapseRequest(steps=2000, batch=64, seed=seed))
        sizes.append(metric(url, MEMORY) / 2**20)
        if time.monotonic() - begun >= 60 * minutes:
            break
    visitor.leave()
    return sizes


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--minutes", type=float, default=10)
    options = parser.parse_args()
    with served() as url:
        buttons = Buttons(json.loads(text(url + "config")))
        visitors, clicks, freed = together(url, buttons, options.users, options.seconds)
        sizes = memory(url, buttons, options.minutes)
    gap = max(max(later - earlier for earlier, later in pairwise(visitor.moments)) for visitor in visitors)
    first = max(visitor.moments[0] - visitor.begun for visitor in visitors)
    largest = max(visitor.largest for visitor in visitors)
    p95 = quantiles(clicks, n=20)[-1]
    print(f"{options.users} users, 4 variants each: first picture after {first:.1f} s at the latest,")
    print(f"  then at least one every {gap:.1f} s for everyone (bar {GAP_BAR:g} s)")
    print(f"a light click beside them: {p95 * 1e3:.0f} ms at the 95th percentile (bar {LIGHT_BAR * 1e3:.0f} ms)")
    print(f"all are let go {freed:.1f} s after their tabs close (bar {FREED_BAR:g} s)")
    print(f"largest update: {largest / 1e3:.0f} kB (bar {FRAME_BAR / 1e3:.0f} kB)")
    half = sizes[len(sizes) // 2 :]
    print(
        f"server's memory over {len(sizes)} runs: {sizes[0]:.0f} MB after the first, {sizes[-1]:.0f} MB after the last,"
    )
    print(f"  {half[-1] - half[0]:+.1f} MB over the second half")


if __name__ == "__main__":
    main()
