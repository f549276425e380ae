"""Record what the panel cannot measure during a visit: every method's threshold, and how it fares on PAWS-X.

    python -m playground.tabs.matching.probe.record [--data DIR] [--methods cosent-en …]

Writes assets/matching/probe-recorded.json. DIR holds ``pairs/paws-x-zh``, which is measured on and never shipped;
without it only thresholds are recorded. Methods that are not measured this time keep their rows.
"""

from __future__ import annotations

import argparse
import gzip
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from playground.runtime.recording import Leases, ground
from playground.runtime.registry import registry
from playground.tabs.matching.methods import Method, available_models, methods_for
from playground.tabs.matching.metrics import Confusion, roc_curve
from playground.tabs.matching.probe.recorded import RECORDED, Adversarial, Threshold
from playground.tabs.matching.probe.request import ALIKE_FROM
from playground.tabs.matching.probe.scores import chosen_threshold, steady_scores
from playground.tabs.matching.steps import finished
from playground.tabs.matching.thresholds import Sweep, best_of

LANGUAGES = ("en", "zh")
PAWS_X = {"zh": "pairs/paws-x-zh/dev.jsonl.gz"}  # the only part that is at hand


def main() -> None:
    """Measure every method, or those that were named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder that holds pairs/paws-x-zh")
    parser.add_argument("--methods", nargs="+", help="ids of methods; all of them without it")
    options = parser.parse_args()
    for language in LANGUAGES:
        for method in methods_for(language, available_models()):
            if not options.methods or method.id in options.methods:
                write(*measured(method, language, options.data))


def measured(method: Method, language: Any, data: Path | None) -> tuple[Threshold, Adversarial | None]:
    """A method's threshold, and what it makes of PAWS-X where that is at hand."""
    weights = registry().fingerprint(method.model) if method.model else ""
    about = {"method": method.id, "language": language, "weights": weights, **ground()}
    best = finished(chosen_threshold(Leases(), method, language, ALIKE_FROM))
    threshold = Threshold(alike_from=ALIKE_FROM, threshold=best.threshold, accuracy=best.value, **about)
    print(method.id, language, f"threshold {best.threshold:.3f}, right for {best.value:.1%} of STS-B", flush=True)
    if data is None or language not in PAWS_X:
        return threshold, None
    pairs, alike = read_paws_x(data / PAWS_X[language])
    scores = finished(steady_scores(Leases(), method, language, pairs))
    found: dict[str, Any] = {
        "pairs": len(pairs),
        "alike": float(np.mean(alike)),
        "area": roc_curve(scores, alike).area,
        "best": best_of(Sweep(scores, alike).cuts(), "accuracy").value,
        "accuracy": Confusion.at(best.threshold, scores, alike).accuracy,
    }
    print(method.id, found, flush=True)
    return threshold, Adversarial(**found, **about)


def read_paws_x(path: Path) -> tuple[list[tuple[str, str]], list[bool]]:
    """Pairs and whether they are alike."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    return [(row["a"], row["b"]) for row in rows], [row["label"] == 1 for row in rows]


def write(threshold: Threshold, adversarial: Adversarial | None) -> None:
    """Put rows into the file, in the place of older ones of the same method and language."""
    known = json.loads(RECORDED.read_text("utf-8")) if RECORDED.exists() else {"thresholds": [], "adversarial": []}
    new = {"thresholds": threshold, "adversarial": adversarial}
    for name, row in new.items():
        if row is not None:
            others = [each for each in known[name] if (each["method"], each["language"]) != (row.method, row.language)]
            known[name] = sorted([*others, asdict(row)], key=lambda each: (each["language"], each["method"]))
    RECORDED.write_text(json.dumps(known, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
