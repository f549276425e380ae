"""Encoding short sentences with the matching tab's encoder against SentenceTransformer.encode as it comes.

    python -m benchmarks.matching [--texts 2000] [--rounds 3] [--model packaged/all-minilm-l6-v2]

One thread, the same module in the same process, processor time, rounds in turn and the quickest of each. The sentences
are those of the bundled English pairs. Both must rank the test pairs alike: Spearman to 0.001. The bar is 2.5 where the
processor multiplies in bfloat16, else 1.15.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import torch
from scipy.stats import spearmanr

from models.nets.batching import has_bfloat16
from models.nets.sentence_vectors import SentenceEncoder
from playground.runtime.registry import registry
from playground.tabs.matching.methods import MINILM
from playground.tabs.matching.pair_sets import PairSet, load_pairs

BAR, BAR_FLOAT32 = 2.5, 1.15

Vectors = npt.NDArray[np.float32]


def sentences(pairs: PairSet, count: int) -> list[str]:
    """The first sentences of the test part, then of the other, each once."""
    texts = (text for pair in (*pairs.test, *pairs.dev) for text in (pair.a, pair.b))
    return list(dict.fromkeys(texts))[:count]


def spearman(pairs: PairSet, encode: Callable[[Sequence[str]], Vectors]) -> float:
    """How well the cosines rank the test pairs."""
    first, second = (encode([getattr(pair, side) for pair in pairs.test]) for side in ("a", "b"))
    return float(spearmanr((first * second).sum(1), [pair.label for pair in pairs.test]).statistic)


def seconds(encode: Callable[[Sequence[str]], Vectors], texts: Sequence[str]) -> float:
    """Processor time."""
    begun = time.process_time()
    encode(texts)
    return time.process_time() - begun


def main() -> None:
    """Print both times, their ratio and both rank correlations."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--model", default=MINILM)
    options = parser.parse_args()
    torch.set_num_threads(1)
    pairs = load_pairs("stsb-en")
    texts = sentences(pairs, options.texts)
    with registry().lease(options.model, device="cpu") as loaded:
        encoder, model = SentenceEncoder(loaded.model, loaded.tokenizer), loaded.model
        ways: dict[str, Callable[[Sequence[str]], Vectors]] = {
            "SentenceTransformer.encode": lambda asked: model.encode(list(asked)),
            "ours": lambda asked: encoder.encode(asked).numpy(),
        }
        for encode in ways.values():
            encode(texts[:64])  # warm
        rounds = [
            [seconds(lambda encode=encode: encode(texts)) for encode in ways.values()] for _ in range(options.rounds)
        ]
        quickest = [min(column) for column in zip(*rounds, strict=True)]
        for (name, encode), taken in zip(ways.items(), quickest, strict=True):
            rank = spearman(pairs, encode)
            print(f"{name}: {taken:.2f} s, {len(texts) / taken:.0f} sentences/s, Spearman {rank:.4f}")
    bar = BAR if has_bfloat16() else BAR_FLOAT32
    print(f"{quickest[0] / quickest[1]:.2f} times as fast (bar {bar}) over {len(texts)} sentences")


if __name__ == "__main__":
    main()
