"""Choose the small sets of scored text pairs that ship for the matching tab.

    python -m models.recipes.pair_subsets --data DIR

DIR holds ``pairs/stsb-en`` and ``pairs/stsb-zh`` (STS benchmark and its machine translation, from
PhilipMay/stsb-multi-mt, scores CC BY-SA 4.0). Of the official dev and test parts MOST pairs each are chosen at random
from seed 0, and kept in their order. assets/matching/<set>.jsonl.gz holds one {a, b, label, part} a line.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
from pathlib import Path
from typing import Any

from models.recipes.corpus import read_rows

ASSETS = Path(__file__).resolve().parents[2] / "assets" / "matching"
SETS = ("stsb-en", "stsb-zh")
PARTS = ("dev", "test")
MOST, SEED = 500, 0

Row = dict[str, Any]


def chosen(rows: list[Row]) -> list[Row]:
    """At most MOST of the pairs, in their order."""
    kept = random.Random(SEED).sample(range(len(rows)), min(MOST, len(rows)))
    return [rows[place] for place in sorted(kept)]


def lines(parts: dict[str, list[Row]]) -> str:
    """The file of a set, part by part."""
    rows = (
        {"a": row["a"], "b": row["b"], "label": row["label"], "part": part} for part, of in parts.items() for row in of
    )
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def main() -> None:
    """Choose, and write the assets."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds pairs")
    pairs = parser.parse_args().data / "pairs"
    ASSETS.mkdir(parents=True, exist_ok=True)
    for name in SETS:
        content = lines({part: chosen(read_rows(pairs / name / f"{part}.jsonl.gz")) for part in PARTS}).encode()
        (ASSETS / f"{name}.jsonl.gz").write_bytes(gzip.compress(content, mtime=0))


if __name__ == "__main__":
    main()
