"""Measure every ablation and write the table that the panel shows beside the published numbers.

    python -m playground.tabs.collapse.ablation.record [--seeds 3] [--steps 600]

Writes assets/collapse-ablation.json: the figures of every row and seed, with the date, the commit and the machine.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
from datetime import date

import torch

from playground.tabs.collapse.ablation import engine
from playground.tabs.collapse.ablation.recorded import RECORDED
from playground.tabs.collapse.ablation.request import AblationRequest
from playground.tabs.collapse.ablation.rows import ROWS
from playground.tabs.collapse.ablation.view import Ablated, fold


class _Always:
    """A context that is never cancelled."""

    cancelled = False


def main() -> None:
    """Measure all rows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=600)
    options = parser.parse_args()
    torch.set_num_threads(1)
    where = {"date": date.today().isoformat(), "commit": _commit(), "machine": f"{os.cpu_count()} CPU cores"}
    measured = measure(AblationRequest(rows=tuple(ROWS), seeds=options.seeds, steps=options.steps))
    table = {**where, **measured.to_dict()}
    RECORDED.write_text(json.dumps(table, ensure_ascii=False, indent=1) + "\n", "utf-8")


def measure(request: AblationRequest) -> Ablated:
    """Run a request to its end."""
    view: Ablated | None = None
    for frame in engine.run(request, _Always()):  # type: ignore[arg-type]
        if type(frame) in engine.FRAMES[1:]:
            view = fold(view, frame)
        print(f"{frame.done:.0%}", end="\r", flush=True)
    assert view is not None
    return view


def _commit() -> str:
    head = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True)
    return head.stdout.strip()


if __name__ == "__main__":
    main()
