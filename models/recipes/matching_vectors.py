"""Encode the scored pairs on which the matching tab trains live, once, so that it trains on vectors.

    python -m models.recipes.matching_vectors --data DIR

DIR holds ``pairs/stsb-en`` (STS benchmark from PhilipMay/stsb-multi-mt, scores CC BY-SA 4.0). Its train part is taken,
and of its dev part the pairs that ship for the tab (`models.recipes.pair_subsets`). The sentence encoder
all-MiniLM-L6-v2 gives every different sentence one vector. Written to assets/matching:

    stsb-en-vectors.safetensors    vectors (S, 384) float16, and of train and dev each pairs (P, 2) int32, rows of the
                                   vectors, and labels (P,) float16, 0 to 5
    stsb-en-sentences.txt.gz       the S sentences, one a line
"""

from __future__ import annotations

import argparse
import gzip
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor

from models.recipes.corpus import read_rows
from models.recipes.english_mlm import BASE
from models.recipes.pair_subsets import ASSETS, chosen

NAME = "stsb-en"
LONGEST = 256  # word pieces, as the encoder was trained

Row = dict[str, Any]


def sentences_of(parts: dict[str, list[Row]]) -> list[str]:
    """Every different sentence of all parts, in the order in which they come."""
    return list(dict.fromkeys(text for rows in parts.values() for row in rows for text in (row["a"], row["b"])))


def tensors_of(parts: dict[str, list[Row]], sentences: Sequence[str], vectors: Tensor) -> dict[str, Tensor]:
    """What the file of vectors holds; `vectors` (S, D) are those of the sentences."""
    place = {text: i for i, text in enumerate(sentences)}
    tensors = {"vectors": vectors.half()}
    for part, rows in parts.items():
        pairs = [(place[row["a"]], place[row["b"]]) for row in rows]
        tensors[f"{part}.pairs"] = torch.tensor(pairs, dtype=torch.int32)
        tensors[f"{part}.labels"] = torch.tensor([row["label"] for row in rows], dtype=torch.float16)
    return tensors


def encoded(sentences: list[str]) -> Tensor:
    """Unit vectors (S, 384) of sentences, in single precision."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer

    words = Transformer(str(BASE), max_seq_length=LONGEST)
    pooling = Pooling(words.get_embedding_dimension(), "mean")
    model = SentenceTransformer(modules=[words, pooling, Normalize()], device="cpu")
    vectors: Tensor = model.encode(sentences, convert_to_tensor=True)
    return vectors


def main() -> None:
    """Encode, and write the assets."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds pairs")
    folder = parser.parse_args().data / "pairs" / NAME
    train, dev = (read_rows(folder / f"{part}.jsonl.gz") for part in ("train", "dev"))
    parts = {"train": train, "dev": chosen(dev)}
    sentences = sentences_of(parts)
    save_file(tensors_of(parts, sentences, encoded(sentences)), ASSETS / f"{NAME}-vectors.safetensors")
    text = "".join(f"{sentence}\n" for sentence in sentences)
    (ASSETS / f"{NAME}-sentences.txt.gz").write_bytes(gzip.compress(text.encode(), mtime=0))


if __name__ == "__main__":
    main()
