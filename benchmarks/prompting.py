"""Zero-shot classification of film reviews with four patterns: the prompting tab against the fill-mask pipeline.

    python -m benchmarks.prompting [--texts 1000] [--model zoo/minilm-mlm-en] [--batch 1]

One thread, the same model in the same process, processor time. `transformers.pipeline("fill-mask", targets=…)` gets
the filled patterns in a list, as its documentation shows; with --batch its batch size. Ours makes the prompts, sorts
them by length, and projects on the vocabulary at the masks alone, in bfloat16 where the processor has it. Both give
the class probabilities of one word a label; they may differ by what bfloat16 rounds. Then the time of one keystroke:
eight texts through the whole engine.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from transformers import pipeline

from playground.runtime.registry import registry
from playground.tabs.prompting import engine
from playground.tabs.prompting.label_scores import pet_scores
from playground.tabs.prompting.masked_lm import MaskedLM, mask_logits
from playground.tabs.prompting.patterns import build_prompts, parse_pattern
from playground.tabs.prompting.request import ENGLISH, PromptingRequest
from playground.tabs.prompting.tasks import load_task
from playground.tabs.prompting.verbalizers import label_ids, parse_verbalizer

BAR = 3.0
KEYSTROKE = 0.3  # seconds
WORDS = ("bad", "good")

Probabilities = npt.NDArray[np.float64]


def ours(loaded: Any, texts: Sequence[str], patterns: Sequence[str]) -> Probabilities:
    """Class probabilities (P, N, 2) with the tab's own functions."""
    lm = MaskedLM(loaded)
    ids = label_ids(parse_verbalizer("\n".join(f"{word}: {word}" for word in WORDS)), loaded.tokenizer)
    parsed = [parse_pattern(pattern) for pattern in patterns]
    prompts = [prompt for pattern in parsed for prompt in build_prompts(pattern, texts, loaded.tokenizer)]
    found = np.empty((len(prompts), len(WORDS)))
    for places, logits in mask_logits(lm, prompts):
        found[places] = torch.softmax(pet_scores(logits[:, 0], ids), dim=1).numpy()
    return found.reshape(len(patterns), len(texts), len(WORDS))


def theirs(loaded: Any, texts: Sequence[str], patterns: Sequence[str], batch: int) -> Probabilities:
    """The same with the fill-mask pipeline, restricted to the two words and normalised."""
    fill = pipeline("fill-mask", model=loaded.model, tokenizer=loaded.tokenizer, device="cpu", batch_size=batch)
    filled = [pattern.replace("{text}", text) for pattern in patterns for text in texts]
    rows = []
    for answers in fill(filled, targets=list(WORDS), top_k=len(WORDS)):
        by_word = {answer["token_str"]: answer["score"] for answer in answers}
        rows.append([by_word[word] for word in WORDS])
    scores: Probabilities = np.array(rows).reshape(len(patterns), len(texts), len(WORDS))
    shares: Probabilities = scores / scores.sum(axis=2, keepdims=True)
    return shares


def timed(run: Callable[[], Probabilities]) -> tuple[Probabilities, float]:
    """What a run gives, and its processor time in seconds."""
    start = time.process_time()
    return run(), time.process_time() - start


def keystroke() -> float:
    """Processor time of the engine's answer for eight texts, the second time."""
    context: Any = SimpleNamespace(lease=registry().lease, cancelled=False)
    for _ in range(2):
        start = time.process_time()
        list(engine.run(PromptingRequest(), context))
    return time.process_time() - start


def main() -> None:
    """Print both times, their ratio, and how far the probabilities are apart."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=int, default=1000)
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--model", default=ENGLISH)
    options = parser.parse_args()
    torch.set_num_threads(1)
    task = load_task("mr")
    texts = [example.text for example in task.test[: options.texts]]
    with registry().lease(options.model) as loaded:
        ours(loaded, texts[:8], task.patterns)  # warm
        mine, my_time = timed(lambda: ours(loaded, texts, task.patterns))
        their, their_time = timed(lambda: theirs(loaded, texts, task.patterns, options.batch))
    ratio, apart = their_time / my_time, np.abs(mine - their).max()
    agree = (mine.argmax(axis=2) == their.argmax(axis=2)).mean()
    print(f"{len(texts)} texts x {len(task.patterns)} patterns: {my_time:.2f} s against {their_time:.2f} s")
    print(
        f"{ratio:.1f} times as fast (bar {BAR}); probabilities at most {apart:.4f} apart, labels agree on {agree:.2%}"
    )
    print(f"a keystroke with 8 texts: {1000 * keystroke():.0f} ms (bar {1000 * KEYSTROKE:.0f})")


if __name__ == "__main__":
    main()
