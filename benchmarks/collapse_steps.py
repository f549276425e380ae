"""Steps per second of live trainings, against plain modules one after another with the same maths.

    PLAYGROUND_THREADS=1 python -m benchmarks.collapse_steps [--rounds 7] [--steps 10]

All ways in turn in the same run; processor and wall time a step, ratios of medians. Beside the median stands the best
round, which is what an idle core would need. Four variants (default, no stop-gradient, no predictor, hidden
BatchNorm without stop-gradient) stacked and as plain modules with torch.optim.SGD; what the diagnostics of the default
run cost; how soon after Run the first picture and a complete collapse show; four convolutional variants. Where there
is a GPU, also 1, 4, 16 and 64 variants at once against one after another on it.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from statistics import median

import torch
from torch import Tensor
from torch.nn.functional import cosine_similarity

from models.nets.simsiam import SimSiam, Sizes
from playground.runtime.contracts import State
from playground.runtime.recorded_steps import is_recorded
from playground.tabs.collapse import data, engine
from playground.tabs.collapse.frames import CollapseFrame
from playground.tabs.collapse.group import Group
from playground.tabs.collapse.request import BatchNorm, CollapseRequest, Variant
from playground.tabs.collapse.training import Training

JOINT_BAR = 50  # steps a second of four variants at batch 256
RATIO_BAR = 1.3  # stacked against plain at batch 64
DIAGNOSTICS_BAR = 0.10  # of a default run
PICTURE_BAR, COLLAPSE_BAR = 1.0, 3.0  # seconds
COLLAPSED = 0.15  # of std times sqrt(d)

FOUR = (
    Variant(),
    Variant(stop_gradient=False),
    Variant(predictor="none"),
    Variant(batch_norm="hidden", stop_gradient=False),
)
FASTEST = Variant(dimension=3, batch_norm="hidden", stop_gradient=False)


class Alone:
    """A context that nobody stops and that keeps nothing."""

    cancelled, resume = False, None

    def lease(self, model: str) -> AbstractContextManager[object]:
        """No model."""
        return nullcontext()

    def attachment(self, name: str) -> bytes:
        """No file."""
        return b""

    def save(self, state: State) -> None:
        """Nowhere."""


def asked(variants: Sequence[Variant], **fields: object) -> CollapseRequest:
    """A request for these variants."""
    return CollapseRequest.model_validate({**variants[0].model_dump(), **fields, "beside": list(variants[1:])})


def training(request: CollapseRequest) -> Training:
    """A training of it at step 0."""
    return Training(request, data.load(request, lambda: b""))


@dataclass
class Plain:
    """One variant as anybody would train it in PyTorch."""

    model: SimSiam
    optimiser: torch.optim.SGD
    stop_gradient: bool

    @classmethod
    def of(cls, variant: Variant, sizes: Sizes, batch: int, device: str = "cpu") -> Plain:
        """A plain module of a variant whose predictor is none or an MLP."""
        norm: BatchNorm = variant.batch_norm
        model = SimSiam(sizes, norm, "none" if variant.predictor == "none" else "mlp").to(device)
        rate = variant.learning_rate * batch / 256
        sgd = torch.optim.SGD(model.parameters(), lr=rate, momentum=0.9, weight_decay=variant.weight_decay)
        return cls(model, sgd, variant.stop_gradient)

    def step(self, views: Tensor) -> None:
        """One step on two views (2, B, *inputs)."""
        z = [self.model(view) for view in views]
        p = [self.model.predictor(each) for each in z]
        targets = [each.detach() if self.stop_gradient else each for each in z[::-1]]
        losses = [cosine_similarity(a, b, dim=-1).mean() for a, b in zip(p, targets, strict=True)]
        loss = -(losses[0] + losses[1]) / 2
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()
        loss.item()


@dataclass(frozen=True)
class Times:
    """Seconds a step: of the processor in the median round and the best one, and by the clock on the wall."""

    processor: float
    best: float
    wall: float

    def __str__(self) -> str:
        rates = (1 / self.processor, 1 / self.best, 1 / self.wall)
        return f"{1e3 * self.processor:.1f} ms a step, {rates[0]:.0f}/s (best {rates[1]:.0f}/s, wall {rates[2]:.0f}/s)"


def compared(
    ways: dict[str, Callable[[], object]], rounds: int, steps: int, settle: Callable[[], object] = lambda: None
) -> dict[str, Times]:
    """The times of each way, in rounds in turn after one to warm up."""
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for _ in range(rounds + 1):
        for name, step in ways.items():
            settle()
            processor, wall = time.process_time(), time.perf_counter()
            for _ in range(steps):
                step()
            settle()
            times[name].append(((time.process_time() - processor) / steps, (time.perf_counter() - wall) / steps))
    columns = {name: tuple(zip(*found[1:], strict=True)) for name, found in times.items()}
    return {name: Times(median(p), min(p), median(w)) for name, (p, w) in columns.items()}


def stacked_against_plain(batch: int, rounds: int, steps: int, **fields: object) -> str:
    """Four variants at once and one after another, on batches drawn alike, and the ratio."""
    joint = training(asked(FOUR, batch=batch, **fields))
    sizes = Sizes(tuple(joint.dataset.inputs.shape[1:]))
    plain = [Plain.of(variant, sizes, batch) for variant in FOUR]

    def one_after_another() -> None:
        views = joint.batch()[:2]
        for each in plain:
            each.step(views)

    found = compared({"stacked": joint.advance, "plain": one_after_another}, rounds, steps)
    ratio = found["plain"].processor / found["stacked"].processor
    return f"four at batch {batch}: stacked {found['stacked']}; plain {found['plain']}; ratio {ratio:.2f}"


def diagnostics_share(rounds: int, steps: int) -> float:
    """What the pictures of a default run of 600 steps cost, as a share of its steps."""
    request = CollapseRequest()
    alone = training(request)
    found = compared({"step": alone.advance, "picture": alone.measure}, rounds, steps)
    pictures = sum(is_recorded(step, request.every) for step in range(1, request.steps + 1))
    return pictures * found["picture"].processor / (request.steps * found["step"].processor)


def first_moments() -> tuple[tuple[float, float], tuple[float, float]]:
    """Processor and wall seconds from Run to the first picture, and to a visible complete collapse."""
    request = asked([FASTEST])
    processor, wall = time.process_time(), time.perf_counter()

    def now() -> tuple[float, float]:
        return time.process_time() - processor, time.perf_counter() - wall

    first = None
    for frame in _pictures(request):
        first = first or now()
        if frame.std[0] < COLLAPSED:
            return first, now()
    raise RuntimeError("no collapse within the run")


def _pictures(request: CollapseRequest) -> Iterator[CollapseFrame]:
    return (frame for frame in engine.run(request, Alone()) if isinstance(frame, CollapseFrame))


def on_gpu(rounds: int, steps: int, batch: int = 256) -> Iterator[str]:
    """A line for 1, 4, 16 and 64 equal variants: stacked on the GPU, and one after another."""
    request = CollapseRequest(batch=batch)
    views = training(request).batch()[:2].to("cuda")
    for count in (1, 4, 16, 64):
        group = Group(request, [Variant()] * count, Sizes(), "cuda", torch.float32)
        plain = [Plain.of(Variant(), Sizes(), batch, "cuda") for _ in range(count)]

        def stacked(group: Group = group) -> None:
            group.learn(views)
            group.finite()
            group.move(0)

        def one_after_another(plain: list[Plain] = plain) -> None:
            for each in plain:
                each.step(views)

        ways: dict[str, Callable[[], object]] = {"stacked": stacked, "plain": one_after_another}
        found = compared(ways, rounds, steps, torch.cuda.synchronize)
        stacked_wall, plain_wall = found["stacked"].wall, found["plain"].wall
        rates = f"stacked {1 / stacked_wall:.0f}/s, plain {1 / plain_wall:.0f}/s"
        yield f"GPU, {count} variants: {rates}, ratio {plain_wall / stacked_wall:.2f}"


def main() -> None:
    """Time everything and print it beside its bar."""
    parser = argparse.ArgumentParser(description="Steps per second of live trainings.")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--steps", type=int, default=10)
    arguments, _ = parser.parse_known_args()
    torch.set_num_threads(1)
    rounds, steps = arguments.rounds, arguments.steps
    first, collapse = first_moments()
    print(f"first picture after {first[0]:.2f} s (wall {first[1]:.2f}; bar {PICTURE_BAR})")
    print(f"complete collapse seen after {collapse[0]:.2f} s (wall {collapse[1]:.2f}; bar {COLLAPSE_BAR})")
    for batch, bar in ((256, f"bar {JOINT_BAR} joint steps/s"), (64, f"bar ratio {RATIO_BAR}")):
        print(f"{stacked_against_plain(batch, rounds, steps)} ({bar})")
    print(f"diagnostics {diagnostics_share(rounds, steps):.1%} of a default run (bar {DIAGNOSTICS_BAR:.0%})")
    print(f"convolutional, {stacked_against_plain(64, max(2, rounds // 2), 3, data='fashion-mnist')}")
    if torch.cuda.is_available():
        for line in on_gpu(rounds, steps):
            print(line)


if __name__ == "__main__":
    main()
