"""Measure the shipped models and write the figures that the panel shows beside the published ones.

    python -m playground.tabs.decoding.measure.record [--models zoo/rnn-tanh-vanilla …] [--prefixes 1000]

Writes assets/decoding-measured.json: one entry a model and seed, with every figure of every decoder,
the date, the commit and the machine. Small ε and beams continue the first tenth of the prefixes, once, and
stand with the first seed. Entries of models that are not measured this time stay.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from typing import Any

from playground.runtime.recording import Leases, ground
from playground.tabs.decoding.measure import engine
from playground.tabs.decoding.measure.recorded import RECORDED
from playground.tabs.decoding.measure.request import MeasureRequest
from playground.tabs.decoding.measure.view import Measured, fold

MODELS = ("zoo/rnn-tanh-vanilla", "zoo/rnn-lstm-vanilla")
DECODERS = (
    "greedy",
    "st",
    "nmst",
    "floor-0.001",
    "top-k-2",
    "top-k-4",
    "consistent-top-k-2",
    "nucleus-0.2",
    "consistent-nucleus-0.2",
    "nucleus-0.4",
    "ancestral",
)
# The same for every seed, and hundreds of times as slow: nothing certifies that they will not stop.
SLOW = ("floor-0.0005", "floor-0.00001", "st-0.0005", "st-0.00001", "beam-2", "beam-4")
SEEDS = (0, 10_000, 20_000)
LENGTH = 1500


def main() -> None:
    """Measure every model with every seed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", nargs="+", default=MODELS)
    parser.add_argument("--decoders", nargs="+", default=DECODERS)
    parser.add_argument("--prefixes", type=int, default=1000)
    parser.add_argument("--seeds", nargs="+", type=int, default=SEEDS)
    options = parser.parse_args()
    known = json.loads(RECORDED.read_text("utf-8")) if RECORDED.exists() else []
    for model in options.models:
        measured = list(_entries(model, tuple(options.decoders), options.prefixes, options.seeds))
        known = [entry for entry in known if entry["model"] != model] + measured
        RECORDED.write_text(json.dumps(known, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _entries(model: str, decoders: tuple[str, ...], prefixes: int, seeds: list[int]) -> Iterator[dict[str, Any]]:
    for number, seed in enumerate(seeds):
        found = _measured(MeasureRequest(model=model, decoders=decoders, prefixes=prefixes, length=LENGTH, seed=seed))
        if number == 0 and prefixes >= 1000:
            slow = MeasureRequest(model=model, decoders=SLOW, prefixes=prefixes // 10, length=LENGTH)
            found["rows"] += _measured(slow)["rows"]
        yield {"model": model, "seed": seed, **ground(), **found}


def _measured(request: MeasureRequest) -> dict[str, Any]:
    """Every figure of a request, without the curves."""
    view: Measured | None = None
    for frame in engine.run(request, Leases()):
        if type(frame) in engine.FRAMES[1:]:
            view = fold(view, frame)
        print(f"{request.model}, seed {request.seed}: {frame.done:.0%}", end="\r", flush=True)
    assert view is not None
    return view.to_dict() | {"survival": []}


if __name__ == "__main__":
    main()
