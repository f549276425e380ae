"""What choosing eight rows' tokens costs beside the forward pass, at GPT-2's size and vocabulary.

    python -m benchmarks.decoding_selection [--steps 16]

One thread, processor time, both in the same run. Selection is all from logits to tokens: the
log-probabilities, the strategies' sets and the draws.
"""

from __future__ import annotations

import argparse
import time

import torch

from benchmarks.decoding_batch import PROMPT, decoders, endless_model
from playground.tabs.decoding.chains import Moment
from playground.tabs.decoding.selection import Selector, kind
from playground.tabs.decoding.stepper import stepper_for
from playground.tabs.decoding.strategies import parse

MOST = 0.10


@torch.inference_mode()
def main() -> None:
    """Time both and print the share."""
    parser = argparse.ArgumentParser(description="The cost of selection beside the forward pass.")
    parser.add_argument("--steps", type=int, default=16)
    arguments, _ = parser.parse_known_args()
    torch.set_num_threads(1)
    strategies = sorted(map(parse, decoders()), key=kind)
    selector = Selector(strategies, 2, torch.device("cpu"))
    stepper = stepper_for(endless_model("gpt2-124m"), torch.device("cpu"))
    logits = stepper.read(PROMPT, []).logits.expand(len(strategies), -1)
    stepper.spread(len(strategies))
    forward = selection = 0.0
    for step in range(arguments.steps):
        start = time.process_time()
        log_p = selector.distribution(logits, step)
        draws = torch.rand(sum(strategy.samples for strategy in strategies), dtype=torch.float64)
        token = selector.choose(log_p, log_p.exp(), draws, Moment(step, logits=logits)).token
        chosen = time.process_time()
        logits = stepper.step(token)
        selection, forward = selection + chosen - start, forward + time.process_time() - chosen
    share = selection / (selection + forward)
    print(
        f"8 rows, vocabulary {logits.shape[-1]}: selection {selection / arguments.steps * 1000:.1f} ms, "
        f"forward {forward / arguments.steps * 1000:.1f} ms, share {share:.1%} (at most {MOST:.0%})"
    )


if __name__ == "__main__":
    main()
