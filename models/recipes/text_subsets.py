"""Choose the small sets of labelled texts that ship for the prompting tab.

    python -m models.recipes.text_subsets --data DIR

DIR holds ``classify``: mr and subj (Pang and Lee 2005 and 2004, CC BY 4.0), csl-category (CSL, Apache-2.0) and
su-sentiment (bojone/bert4keras, Apache-2.0). Of train, POOL texts of at most LONGEST characters, as many of every
label as there are, at random from seed 0, in their order; test is kept whole. assets/prompting/<set>.jsonl.gz holds
one {text, label, part} a line.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
from pathlib import Path
from typing import Any

from models.recipes.corpus import read_rows

ASSETS = Path(__file__).resolve().parents[2] / "assets" / "prompting"
SETS = ("mr", "subj", "csl-category", "su-sentiment")
POOL, LONGEST, SEED = 1000, 300, 0

Row = dict[str, Any]


def pool(rows: list[Row]) -> list[Row]:
    """About POOL short rows with labels as equally frequent as they allow, in their order."""
    short = [i for i, row in enumerate(rows) if len(row["text"]) <= LONGEST]
    random.Random(SEED).shuffle(short)
    labels = sorted({row["label"] for row in rows})
    kept = [i for label in labels for i in [j for j in short if rows[j]["label"] == label][: POOL // len(labels)]]
    return [rows[i] for i in sorted(kept)]


def lines(train: list[Row], test: list[Row]) -> str:
    """The file of a set: its pool, then its test part."""
    parts = [("train", row) for row in train] + [("test", row) for row in test]
    rows = ({"text": row["text"], "label": row["label"], "part": part} for part, row in parts)
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def main() -> None:
    """Choose, and write the assets."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds classify")
    classify = parser.parse_args().data / "classify"
    ASSETS.mkdir(parents=True, exist_ok=True)
    for name in SETS:
        train, test = (read_rows(classify / name / f"{part}.jsonl.gz") for part in ("train", "test"))
        content = lines(pool(train), test).encode()
        (ASSETS / f"{name}.jsonl.gz").write_bytes(gzip.compress(content, mtime=0))


if __name__ == "__main__":
    main()
