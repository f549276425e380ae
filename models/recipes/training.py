"""One resumable, seeded training loop for every recipe.

State (weights, optimiser, random generators, step, core-seconds) is kept under
``~/.cache/whybox/train/<id>`` and written every two minutes; the same seed gives the same
batches whether or not the run was interrupted.
"""

from __future__ import annotations

import argparse
import math
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

Batch = tuple[Tensor, ...]
OptimizerOf = Callable[[list[dict[str, Any]], float], torch.optim.Optimizer]
SAVE_EVERY_S = 120.0


def state_folder(model_id: str) -> Path:
    """Where the unfinished training of a model lives; never in git."""
    root = Path(os.environ.get("WHYBOX_TRAIN_DIR", Path.home() / ".cache" / "whybox" / "train"))
    return root / model_id


@dataclass(frozen=True)
class Schedule:
    """How long and how fast: linear warm-up to `peak`, then cosine to a hundredth of it.

    With `restart`, all of that up to that step, and once more from it to the end (warm restarts: Loshchilov
    and Hutter 2017, arXiv 1608.03983).
    """

    steps: int
    peak: float
    warm_up: int = 200
    clip: float = 1.0
    restart: int = 0

    def rate(self, step: int) -> float:
        """Learning rate at a step, from 0."""
        start, stop = (self.restart, self.steps) if step >= self.restart else (0, self.restart)
        step -= start
        if step < self.warm_up:
            return self.peak * (step + 1) / self.warm_up
        turn = (step - self.warm_up) / max(1, stop - start - self.warm_up)
        return self.peak * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * min(1.0, turn))))


@dataclass
class Progress:
    """Where a training is."""

    step: int = 0
    core_seconds: float = 0.0


def train(
    model: nn.Module,
    batches: Callable[[int], Iterator[Batch]],
    loss: Callable[[nn.Module, Batch], Tensor],
    schedule: Schedule,
    folder: Path,
    multiples: Sequence[tuple[Tensor, float]] = (),
    average: AveragedModel | None = None,
    optimizer_of: OptimizerOf | None = None,
) -> Progress:
    """Train to the end of the schedule, from the saved state if there is one.

    `batches(epoch)` must give the same batches whenever it is called with the same epoch. The
    parameters in `multiples` learn at their multiple of the schedule's rate, all others at the rate itself.
    `average`, a running average of the model, follows every step. AdamW, unless `optimizer_of` makes another.
    """
    optimizer = (optimizer_of or _adamw)(_groups(model, multiples), schedule.peak)
    progress = _load(folder, model, optimizer, average)
    model.train()
    saved, started, before = time.monotonic(), time.process_time(), progress.core_seconds
    for batch in _from_step(batches, progress.step, schedule.steps):
        for group in optimizer.param_groups:
            group["lr"] = schedule.rate(progress.step) * group.get("scale", 1.0)
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast("cpu", torch.bfloat16, enabled=_has_bfloat16()):
            value = loss(model, batch)
        value.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(model.parameters(), schedule.clip)
        optimizer.step()
        if average is not None:
            average.update_parameters(model)
        progress.step += 1
        progress.core_seconds = before + time.process_time() - started
        if progress.step % 50 == 0:
            report = f"step {progress.step}/{schedule.steps} loss {value.item():.3f}"
            print(f"{report} core-minutes {progress.core_seconds / 60:.1f}", flush=True)
        if time.monotonic() - saved > SAVE_EVERY_S:
            _save(folder, model, optimizer, progress, average)
            saved = time.monotonic()
    _save(folder, model, optimizer, progress, average)
    model.eval()
    return progress


def options_parser(about: str | None, data: str, seed: int) -> argparse.ArgumentParser:
    """The options of a recipe's command line: data, seed and threads."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help=data)
    parser.add_argument("--seed", type=int, default=seed)
    parser.add_argument("--threads", type=int, default=1)
    return parser


def read_options(about: str | None, data: str, seed: int) -> argparse.Namespace:
    """What was given on a recipe's command line; sets the number of threads."""
    options = options_parser(about, data, seed).parse_args()
    torch.set_num_threads(options.threads)
    return options


def machine() -> str:
    """The kind of machine a training ran on, for its card."""
    arithmetic = "bfloat16 autocast" if _has_bfloat16() else "float32"
    return f"{os.cpu_count()}-core CPU, {arithmetic}"


def _has_bfloat16() -> bool:
    """Whether this processor multiplies in bfloat16; elsewhere autocast would be slower."""
    return torch.cpu._is_avx512_bf16_supported()


def _adamw(groups: list[dict[str, Any]], rate: float) -> torch.optim.Optimizer:
    return torch.optim.AdamW(groups, lr=rate, weight_decay=0.01, betas=(0.9, 0.98))


def _groups(model: nn.Module, multiples: Sequence[tuple[Tensor, float]]) -> list[dict[str, Any]]:
    """The optimiser's groups: one for each multiple of the rate."""
    of = {id(parameter): multiple for parameter, multiple in multiples}
    groups: dict[float, list[Tensor]] = {}
    for parameter in model.parameters():
        groups.setdefault(of.get(id(parameter), 1.0), []).append(parameter)
    return [{"params": parameters, "scale": multiple} for multiple, parameters in groups.items()]


def _from_step(batches: Callable[[int], Iterator[Batch]], start: int, stop: int) -> Iterator[Batch]:
    step, epoch = 0, 0
    while step < stop:
        for batch in batches(epoch):
            if start <= step < stop:
                yield batch
            step += 1
        epoch += 1


def _save(
    folder: Path,
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    progress: Progress,
    average: AveragedModel | None,
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    state = {
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "random": torch.get_rng_state(),
        "step": progress.step,
        "core_seconds": progress.core_seconds,
        "average": average.state_dict() if average is not None else None,
    }
    torch.save(state, folder / "state.tmp")
    (folder / "state.tmp").replace(folder / "state.pt")


def _load(folder: Path, model: nn.Module, optimizer: torch.optim.Optimizer, average: AveragedModel | None) -> Progress:
    path = folder / "state.pt"
    if not path.exists():
        return Progress()
    state = torch.load(path, weights_only=True)
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    if average is not None:
        average.load_state_dict(state["average"])
    torch.set_rng_state(state["random"])
    return Progress(int(state["step"]), float(state["core_seconds"]))
