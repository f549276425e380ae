"""PET's steps per second against a plain loop with the same losses, and how long a whole run takes.

    PLAYGROUND_THREADS=1 python -m benchmarks.few_shot [--rounds 3] [--steps 8] [--k 16] [--patterns 3] [--tests 200]

The plain loop puts every batch through the whole model and projects every token onto the whole vocabulary, as
transformers does; it trains the same layers, from the same weights, on the same batches, in the same arithmetic. Both
in turn in the same run; processor time a step, medians over all rounds. Then one PET run from its first read to its
answers, and on how long it stays between two signs of life.
"""

from __future__ import annotations

import argparse
import copy
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from statistics import median
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from playground.runtime.loaders import Loaded
from playground.runtime.registry import registry
from playground.tabs.prompting.few_shot.label_words import LabelWords, targets_of
from playground.tabs.prompting.few_shot.method import METHODS, Options, Progress, Setting
from playground.tabs.prompting.few_shot.optimising import batch_places, train
from playground.tabs.prompting.few_shot.prompt_training import train_prompt
from playground.tabs.prompting.few_shot.reading import prompts_of
from playground.tabs.prompting.few_shot.splits import k_per_class
from playground.tabs.prompting.label_scores import pet_scores
from playground.tabs.prompting.masked_lm import MaskedLM
from playground.tabs.prompting.patterns import parse_pattern
from playground.tabs.prompting.tasks import load_task
from playground.tabs.prompting.verbalizers import parse_verbalizer

MODEL, ENCODER, TASK = "zoo/minilm-mlm-en", "packaged/all-minilm-l6-v2", "mr"
RATIO_BAR = 2.0
RUN_BAR = 15.0  # seconds of one core
SIGN_BAR = 0.25  # seconds
SAME = 0.05  # between two losses in bfloat16


def setting_of(model: Loaded, encoder: Loaded, k: int, patterns: int, tests: int, options: Options) -> Setting:
    """The setting of the first seed of the film reviews."""
    task = load_task(TASK)
    chosen, rest = k_per_class(task.train, task.labels, k, 0)
    return Setting(
        model=model,
        encoder=encoder,
        labels=task.labels,
        train=chosen,
        unlabelled=tuple(example.text for example in rest[:tests]),
        test=tuple(example.text for example in task.test[:tests]),
        patterns=tuple(map(parse_pattern, task.patterns[:patterns])),
        verbalizer=parse_verbalizer(task.verbalizer),
        options=options,
    )


def plain(setting: Setting) -> Iterator[Progress]:
    """PET's training of the first pattern with full logits over whole sequences."""
    lm = MaskedLM(setting.model)
    prompts = prompts_of(setting, setting.patterns[0], [example.text for example in setting.train])
    targets = targets_of(setting, [example.label for example in setting.train])
    words = LabelWords(setting).of_label
    model: Any = copy.deepcopy(setting.model.model)
    layers = model.bert.encoder.layer[-setting.options.layers :]
    parts: tuple[nn.Module, ...] = (layers, model.cls.predictions.transform)
    own = [*(parameter for part in parts for parameter in part.parameters()), model.cls.predictions.bias]
    for parameter in own:
        parameter.requires_grad_(True)

    def loss_of(step: int) -> Tensor:
        chosen = batch_places(len(prompts), step, setting.seed, 0)
        ids, mask = lm.padded([prompts[place] for place in chosen])
        with lm.arithmetic():
            logits = model(input_ids=ids, attention_mask=mask).logits  # (B, T, V)
        at_mask = logits[torch.arange(len(chosen)), [prompts[place].masks[0] for place in chosen]].float()
        return nn.functional.cross_entropy(pet_scores(at_mask, words), targets[chosen])

    yield from train(own, loss_of, setting.options.steps, setting.options.rate)


def timed(progress: Iterable[Progress]) -> tuple[list[float], list[float], list[float]]:
    """Seconds of processor time of every training step, its losses, and the seconds of everything."""
    steps, losses, everything, before = [], [], [], time.process_time()
    for each in progress:
        now = time.process_time()
        everything.append(now - before)
        if each.stage == "Training":
            steps.append(now - before)
            losses.append(each.details["loss"])
        before = now
    return steps, losses, everything


def compare_steps(setting: Setting, rounds: int) -> None:
    """Print steps a second of both loops and how far their first losses are apart."""
    times: dict[str, list[float]] = {"ours": [], "plain": []}
    losses: dict[str, list[float]] = {}
    for _ in range(rounds):
        for name, run in (("ours", train_prompt(setting, setting.patterns[0], 0)), ("plain", plain(setting))):
            steps, losses[name], _ = timed(run)
            times[name] += steps[1:]
    ours, other = median(times["ours"]), median(times["plain"])
    apart = np.abs(np.subtract(losses["ours"], losses["plain"]))[:2].max()
    print(
        f"PET: {1 / ours:.1f} steps/s, plain loop {1 / other:.1f}, ratio {other / ours:.1f} (bar {RATIO_BAR}); "
        f"first losses apart by {apart:.3f} (at most {SAME})"
    )


def time_run(setting: Setting) -> None:
    """Print how long a whole run takes, and its longest silence."""
    _, _, everything = timed(METHODS["pet"].run(setting, {}))
    print(
        f"PET with {len(setting.train)} labels, {len(setting.patterns)} patterns, {len(setting.test)} test texts: "
        f"{sum(everything):.1f} s (bar {RUN_BAR}); longest step {max(everything):.2f} s (bar {SIGN_BAR})"
    )


def main() -> None:
    """Compare steps, then time a run."""
    parser = argparse.ArgumentParser(description="PET against a plain loop with full logits.")
    for name, default in (("rounds", 3), ("steps", 8), ("k", 16), ("patterns", 3), ("tests", 200)):
        parser.add_argument(f"--{name}", type=int, default=default)
    arguments, _ = parser.parse_known_args()
    torch.set_num_threads(1)
    with ExitStack() as leases:
        model, encoder = (leases.enter_context(registry().lease(name)) for name in (MODEL, ENCODER))
        size = (arguments.k, arguments.patterns, arguments.tests)
        compare_steps(setting_of(model, encoder, *size, Options(steps=arguments.steps)), arguments.rounds)
        time_run(setting_of(model, encoder, *size, Options()))


if __name__ == "__main__":
    main()
