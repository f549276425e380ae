"""How soon the app is there: its import beside a hello-world Gradio app plus torch, and the first run.

    python -m benchmarks.start [--rounds 5]

Imports are timed in processes of their own, in turn; the first run is the first preset of the
decoding tab, computed by a warm server (models in memory), not replayed.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from statistics import median

from playground.runtime.settings import REPOSITORY, prepare_process

IMPORT_BAR = 2.0
FIRST_RUN_BAR = 2.0  # seconds

HELLO = "import torch, gradio as gr; gr.Interface(lambda name: 'Hello ' + name, 'text', 'text')"
APP = "import app"


def import_seconds(code: str) -> float:
    """Wall time of a Python process that only imports."""
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, check=True, capture_output=True)
    return time.perf_counter() - begun


def run_seconds(rounds: int) -> list[float]:
    """Wall times of the first preset, after one run that loads the models."""
    prepare_process()
    from playground.page import tab_views
    from playground.runtime.registry import registry
    from playground.runtime.runner import Runner

    view = tab_views()[0]
    runner = Runner({view.name: view.tab}, registry(), memory=None)
    times = []
    for _ in range(rounds + 1):
        begun = time.perf_counter()
        last = list(runner.submit(view.name, view.presets[0].request))[-1]
        times.append(time.perf_counter() - begun)
        if last.state != "done":
            raise SystemExit(f"The first preset ended as {last.state}: {last.note}")
    return times[1:]


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    pairs = [(import_seconds(HELLO), import_seconds(APP)) for _ in range(rounds)]
    hello, app = (median(times) for times in zip(*pairs, strict=True))
    first = median(run_seconds(rounds))
    print(f"import app: {app:.2f} s, hello-world Gradio app + torch: {hello:.2f} s")
    print(f"ratio {app / hello:.2f} (bar: at most {IMPORT_BAR})")
    print(f"first preset, warm: {first:.2f} s (bar: at most {FIRST_RUN_BAR} s)")


if __name__ == "__main__":
    main()
