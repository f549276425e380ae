"""Sampling by the folded network against the network run eagerly, in float32 and with the channels outermost.

    python -m benchmarks.sampling [--rounds 9]

One thread, both ways in turn in the same run, medians of processor time and of wall time, from noise to the means of
the pixels; the pictures' largest difference is printed beside. "New temperature" is what a moved slider costs:
interpolated BatchNorm statistics, folding, and sixteen pictures. Where a GPU is at hand, pictures a second there with
the share of the memory's bandwidth, and training steps a second.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Mapping
from statistics import median

import torch
from torch import Tensor

from models.nets.folded_nvae import fold
from models.nets.nvae import NVAE, Temperature
from models.nets.readjustment import statistics_at
from models.recipes.nvae import RECIPES, Objective
from playground.runtime.loaders import load
from playground.runtime.settings import settings

BAR = 2.0
PICTURES = {"nvae-avatars32": 16, "nvae-fashion28": 64, "nvae-pixelart16": 64}
BARS = {"nvae-avatars32": 1000, "nvae-fashion28": 150}  # milliseconds for so many pictures
SLIDER_BAR = 400  # milliseconds
WARMTH: Temperature = 0.7
BATCHES, COPIED = (64, 1024), 2**28


def pictures_of(model: NVAE, noise: list[Tensor]) -> Tensor:
    """From noise to the means of the pixels."""
    return model.decode(noise, WARMTH).mean()


def median_times(ways: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, tuple[float, float]]:
    """Median processor and wall milliseconds of every way, taken in turn after one round that does not count."""
    times: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
    for _ in range(rounds + 1):
        for way, run in ways.items():
            processor, wall = time.process_time(), time.perf_counter()
            run()
            times[way].append((time.process_time() - processor, time.perf_counter() - wall))
    return {way: (_milliseconds(taken, 0), _milliseconds(taken, 1)) for way, taken in times.items()}


def _milliseconds(taken: list[tuple[float, float]], which: int) -> float:
    return 1000 * median(each[which] for each in taken[1:])


def on_one_core(name: str, rounds: int) -> str:
    """A line about one model."""
    model = load(settings().zoo_dir / name, "image-vae", torch.device("cpu")).model
    assert isinstance(model, NVAE)
    count, folded = PICTURES[name], fold(model)
    noise, few = model.draw(count, seed=0), model.draw(16, seed=0)
    difference = 255 * (pictures_of(folded, noise) - pictures_of(model, noise)).abs().max().item()
    times = median_times(
        {
            "folded": lambda: pictures_of(folded, noise),
            "eager": lambda: pictures_of(model, noise),
            "slider": lambda: pictures_of(fold(model, statistics_at(model.readjusted, 0.65)), few),
        },
        rounds,
    )
    (processor, wall), (slow, slow_wall), (slider, _) = times["folded"], times["eager"], times["slider"]
    bar = f"bar {BARS[name]} ms, " if name in BARS else ""
    return (
        f"{name}: {count} pictures {processor:.0f} ms of processor time ({bar}{wall:.0f} ms of wall time), "
        f"ratio {slow / processor:.2f} (wall {slow_wall / wall:.2f}, bar {BAR}); "
        f"difference {difference:.1g} / 255 (bar 1); new temperature {slider:.0f} ms (bar {SLIDER_BAR})"
    )


def gpu_seconds(run: Callable[[], object], rounds: int = 20) -> float:
    """Seconds of one call on the GPU, after three that do not count."""
    for _ in range(3):
        run()
    start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
    start.record()
    for _ in range(rounds):
        run()
    end.record()
    torch.cuda.synchronize()
    return float(start.elapsed_time(end)) / 1000 / rounds


def bandwidth() -> float:
    """Bytes a second that a copy of 1 GiB reads and writes on this GPU."""
    source = torch.empty(COPIED, device="cuda")
    target = torch.empty_like(source)
    return 2 * source.nbytes / gpu_seconds(lambda: target.copy_(source))


def bytes_moved(model: NVAE, noise: list[Tensor]) -> int:
    """What the network's layers read and write at least: their inputs, weights and outputs, each once."""
    moved = 0

    def count(module: torch.nn.Module, given: tuple[Tensor, ...], output: Tensor) -> None:
        nonlocal moved
        tensors = (*given, *module.parameters(recurse=False), output)
        moved += sum(tensor.nbytes for tensor in tensors)

    layers = [module for module in model.top_down.modules() if not list(module.children())]
    hooks = [layer.register_forward_hook(count) for layer in layers]
    model.decode(noise)
    for hook in hooks:
        hook.remove()
    return moved


def on_the_gpu(name: str) -> str:
    """A line about one model: pictures a second at both batches, and training steps a second."""
    model = load(settings().zoo_dir / name, "image-vae", torch.device("cuda")).model
    assert isinstance(model, NVAE)
    folded, limit, parts = fold(model), bandwidth(), []
    for batch in BATCHES:
        noise = [group.cuda() for group in model.draw(batch, seed=0)]
        seconds = gpu_seconds(lambda noise=noise: pictures_of(folded, noise))
        eager = gpu_seconds(lambda noise=noise: pictures_of(model, noise))
        share = bytes_moved(folded, noise) / seconds / limit
        parts.append(
            f"{batch / seconds:,.0f} pictures/s at {batch} ({share:.0%} of bandwidth, {eager / seconds:.1f} x)"
        )
    return f"{name} on the GPU: {', '.join(parts)}; {training_steps(name):.1f} training steps/s"


def training_steps(name: str) -> float:
    """Steps a second of the recipe's objective and optimiser at its batch."""
    recipe = RECIPES[name]
    model = NVAE(recipe.config).cuda().train()
    objective = Objective(model, recipe.steps, seed=0)
    optimizer = torch.optim.Adamax(model.parameters(), foreach=True)
    shape = (recipe.batch, recipe.config.channels, recipe.config.side, recipe.config.side)
    pictures = torch.randint(0, 256, shape, dtype=torch.uint8, device="cuda")

    def step() -> None:
        optimizer.zero_grad()
        torch.autograd.backward(objective(model, (pictures, torch.tensor(4))))
        optimizer.step()

    return 1 / gpu_seconds(step)


def main() -> None:
    """Time every shipped NVAE and print one line each, and one more where there is a GPU."""
    parser = argparse.ArgumentParser(description="Folded sampling against eager sampling.")
    parser.add_argument("--rounds", type=int, default=9)
    arguments, _ = parser.parse_known_args()
    torch.set_num_threads(1)
    for name in (name for name in PICTURES if (settings().zoo_dir / name).is_dir()):
        with torch.inference_mode():
            print(on_one_core(name, arguments.rounds))
        if torch.cuda.is_available():
            print(on_the_gpu(name))


if __name__ == "__main__":
    main()
