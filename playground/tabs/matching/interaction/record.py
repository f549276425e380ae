"""Record how well every method orders the bundled test pairs, for the panel to show beside live times.

    python -m playground.tabs.matching.interaction.record [--methods minilm …]

Writes assets/matching/quality.json: an entry a language and method, with Spearman's rank correlation, the date, the
commit, and the SHA-256 of the weights. Entries that are not measured this time stay.
"""

from __future__ import annotations

import argparse
import json
from typing import Any

from scipy.stats import spearmanr

from playground.runtime.contracts import Context
from playground.runtime.recording import Leases, ground
from playground.runtime.registry import registry
from playground.tabs.matching.interaction import recorded
from playground.tabs.matching.interaction.request import TIMED
from playground.tabs.matching.methods import METHODS, Method, available_models, methods_for, score_pairs
from playground.tabs.matching.pair_sets import PAIR_SETS, PairSet, load_pairs
from playground.tabs.matching.reading import bundled_bm25
from playground.tabs.matching.steps import finished


def main() -> None:
    """Measure the methods whose models are here."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--methods", nargs="+", default=[method.id for method in METHODS])
    wanted = parser.parse_args().methods
    for name in PAIR_SETS:
        pairs = load_pairs(name)
        for method in methods_for(pairs.language, available_models()):
            if method.id in wanted and method.kind in TIMED:
                entry = measured(Leases(), method, pairs)
                write({recorded.entry_name(method.id, pairs.language): entry})
                print(f"{pairs.language} {method.id}: {entry['spearman']:.4f}", flush=True)


def measured(context: Context, method: Method, pairs: PairSet) -> dict[str, Any]:
    """The entry of a method on a set's test part."""
    texts = [(pair.a, pair.b) for pair in pairs.test]
    if method.id == "bm25":
        scores: Any = list(map(bundled_bm25(pairs.language).score, texts))
    else:
        scores = finished(score_pairs(context, method, texts))
    correlation = float(spearmanr(scores, [pair.label for pair in pairs.test]).statistic)
    weights = {} if method.model is None else {"fingerprint": registry().fingerprint(method.model)}
    return {"spearman": round(correlation, 4), "pairs": len(texts)} | weights | ground()


def write(new: dict[str, dict[str, Any]]) -> None:
    """Put entries into the file, in the place of older ones of the same name."""
    path = recorded.RECORDED
    rows = (json.loads(path.read_text("utf-8")) if path.exists() else {}) | new
    lines = (f"{json.dumps(name)}: {json.dumps(rows[name])}" for name in sorted(rows))
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")


if __name__ == "__main__":
    main()
