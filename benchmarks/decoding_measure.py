"""The non-termination ratio of greedy decoding with certificates against running every text to the limit.

    python benchmarks/decoding_measure.py [--prefixes 100]

Both ways count the same texts as endless; the bar is 10 times fewer steps for the texts that never end.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import torch

from playground.runtime.loaders import Loaded, load
from playground.runtime.settings import settings
from playground.tabs.decoding.measure import engine
from playground.tabs.decoding.measure.frames import MeasureResult
from playground.tabs.decoding.measure.request import MeasureRequest

BAR = 10


class OneModel:
    """A context that knows one model."""

    cancelled = False

    def __init__(self, model: Loaded) -> None:
        self._loaded = model

    @contextmanager
    def lease(self, model: str) -> Iterator[Loaded]:
        """The model, whatever its name."""
        yield self._loaded


def measured(model: Loaded, prefixes: int, certificate: bool) -> tuple[MeasureResult, float]:
    """The figures of greedy decoding, and the processor time they took."""
    started = time.process_time()
    request = MeasureRequest(decoders=("greedy",), prefixes=prefixes, certificate=certificate)
    *_, result = engine.run(request, OneModel(model))
    assert isinstance(result, MeasureResult)
    return result, time.process_time() - started


def main() -> None:
    """Measure both ways and print steps and times."""
    parser = argparse.ArgumentParser(description="r_L of greedy decoding with and without certificates.")
    parser.add_argument("--prefixes", type=int, default=100)
    arguments, _ = parser.parse_known_args()
    torch.set_num_threads(1)
    model = load(settings().zoo_dir / "rnn-tanh-vanilla", "causal-lm", torch.device("cpu"))
    with_, seconds = measured(model, arguments.prefixes, True)
    without, all_seconds = measured(model, arguments.prefixes, False)
    assert with_.endless[0] == without.endless[0]
    endless = int(with_.endless[0])
    stopping = int(without.steps_run[0]) - endless * with_.steps
    stuck = (endless * with_.steps) / max(1, int(with_.steps_run[0]) - stopping)
    print(
        f"measuring: {endless} of {arguments.prefixes} texts never end; steps for them, ratio {stuck:.1f} (bar {BAR}); "
        f"{seconds:.1f} s against {all_seconds:.1f} s of processor time, ratio {all_seconds / seconds:.1f}"
    )


if __name__ == "__main__":
    main()
