"""Papers, scored pairs and a base for the recipe of the conditional cross-encoder, all tiny."""

from __future__ import annotations

import copy
import gzip
import json
from pathlib import Path
from typing import Any

from torch import nn

from tests.tiny_masked_lm import tiny_bert

ABSTRACTS = ("书感觉很好。" * 26, "酒店房间差，" * 12 + "服务慢。" + "电脑快，" * 18)


def write_rows(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress("\n".join(json.dumps(row) for row in rows).encode()))


def write_data(folder: Path, papers: int = 32) -> Path:
    """All sets that the recipe reads; disciplines alternate."""
    for part in ("train", "dev", "test"):
        scored = [{"a": f"很好{n}", "b": "不差", "label": float(n % 6)} for n in range(30)]
        write_rows(folder / "pairs" / "stsb-zh" / f"{part}.jsonl.gz", scored)
        listed = [{"text": f"{part}书{n}", "label": "文学" if n % 2 else "医学"} for n in range(papers)]
        write_rows(folder / "classify" / "csl-category" / f"{part}.jsonl.gz", listed)
        told = [
            {"target": row["text"], "source": ABSTRACTS[n % 2] + str(n), "from": "csl"} for n, row in enumerate(listed)
        ]
        write_rows(folder / "seq2seq" / "csl-title" / f"{part}.jsonl.gz", told)
    return folder


def tiny_base() -> tuple[nn.Module, Any]:
    loaded = tiny_bert()
    return copy.deepcopy(loaded.model), loaded.tokenizer
