from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from transformers import PreTrainedTokenizerFast

from models.recipes.corpus import train_bpe

ANIMALS = ("fox", "hare", "owl", "bear", "goose", "mole")
LINES = [
    f"The old {first} went down to the river with the young {second} and {count} apples, and there they sat."
    for first in ANIMALS
    for second in ANIMALS
    for count in ("two", "seven")
]


@pytest.fixture(scope="session")
def lines() -> list[str]:
    return LINES


@pytest.fixture(scope="session")
def tokenizer() -> PreTrainedTokenizerFast:
    return train_bpe(LINES, 400)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder laid out like the corpora, with a very small book."""
    folder = tmp_path / "data" / "text" / "storybooks"
    folder.mkdir(parents=True)
    for name, part in (("train", LINES), ("valid", LINES[::3])):
        with gzip.open(folder / f"{name}.txt.gz", "wt", encoding="utf-8") as file:
            file.write("\n".join(part) + "\n\n")
    return tmp_path / "data"
