"""The optimiser that all trainings here share: AdamW, gradients clipped to 1, a rate that falls to zero in a line.

So PET trains (Schick and Schütze 2021), but for the rate: few steps of few layers ask for a larger one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import torch
from torch import Tensor, nn

from playground.runtime.live_training import step_generator
from playground.tabs.prompting.few_shot.method import Progress

BATCH = 16
DECAY = 0.01
CLIP = 1.0


def train(
    parameters: Iterable[nn.Parameter],
    loss_of: Callable[[int], Tensor],
    steps: int,
    rate: float,
    *,
    stage: str = "Training",
    decay: float = DECAY,
) -> Iterator[Progress]:
    """So many steps down `loss_of(step)`, each with its loss in the details."""
    own = list(parameters)
    optimiser = torch.optim.AdamW(own, lr=rate, weight_decay=decay, eps=1e-8, fused=True)
    for step in range(steps):
        optimiser.param_groups[0]["lr"] = rate * (1 - step / steps)
        optimiser.zero_grad()
        loss = loss_of(step)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(own, CLIP)
        optimiser.step()
        yield Progress(stage, step + 1, steps, details={"loss": loss.item()})


def batch_places(count: int, step: int, *words: int, size: int = BATCH) -> list[int]:
    """Which of `count` rows a step looks at: all where they fit, else `size` that the step and the words decide."""
    if count <= size:
        return list(range(count))
    generator = step_generator(*words, step)
    return sorted(torch.randperm(count, generator=generator)[:size].tolist())
