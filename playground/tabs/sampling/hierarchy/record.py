"""Measure which groups collapse with neither, with warm-up, and with balancing too, over several seeds.

    python -m playground.tabs.sampling.hierarchy.record [--data digits] [--seeds 0 1 2] [--steps 400]

Trains the second preset and prints, every hundred steps and for every variant, the KL and the active units of each
group, from the top, and the negative ELBO split into reconstruction and KL.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import torch

from playground.tabs.sampling.data import PictureData, load
from playground.tabs.sampling.hierarchy.frames import HierarchyFrame
from playground.tabs.sampling.hierarchy.names import names
from playground.tabs.sampling.hierarchy.presets import PRESETS
from playground.tabs.sampling.hierarchy.request import HierarchyRequest
from playground.tabs.sampling.hierarchy.training import Training
from playground.tabs.sampling.hierarchy.verdict import active_units, bits_per_dimension

EVERY = 100  # steps


def main() -> None:
    """Train and print."""
    base = PRESETS[1].request
    assert isinstance(base, HierarchyRequest)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", choices=("digits", "pixel-art"), default=base.data)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--steps", type=int, default=base.steps)
    options = parser.parse_args()
    torch.set_num_threads(1)
    for seed in options.seeds:
        request = base.with_(data=options.data, steps=options.steps, seed=seed)
        for line in measured(request, load(request.data)):
            print(line, flush=True)


def measured(request: HierarchyRequest, data: PictureData) -> Iterator[str]:
    """The lines of one run."""
    training = Training(request, data)
    while training.step < request.steps and training.advance():
        if training.step % EVERY == 0 or training.step == request.steps:
            yield from lines(training.measure(), request, data.train[0].numel())


def lines(frame: HierarchyFrame, request: HierarchyRequest, dimensions: int) -> Iterator[str]:
    """One line a variant."""
    for name, kl, reconstruction in zip(names(request, "en"), frame.kl, frame.reconstruction.tolist(), strict=True):
        nats = reconstruction + float(kl.sum())
        groups, active = [f"{group:.2f}" for group in kl.sum(1)], active_units(kl).tolist()
        bits = bits_per_dimension(nats, dimensions)
        split = f"{nats:.2f} = {reconstruction:.2f} + {kl.sum():.2f} nats, {bits:.3f} bits/dim"
        yield f"seed {request.seed}, step {frame.step}, {name}: KL {' / '.join(groups)}, active {active}, {split}"


if __name__ == "__main__":
    main()
