"""What a person saw wrong with each sample of a model's sheet, in the file sheet.yaml beside it.

It holds the SHA-256 of the weights that drew the sheet and, in `wrong`, a note for each of 1 to 64, or "ok".
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import yaml

from models.recipes.sample_sheet import COLUMNS, ROWS

FILE = "sheet.yaml"
FINE = "ok"
BLANK_NOTES = """\
# What a person saw wrong with each sample of samples.png, by rows from the top left; ok where nothing is wrong.
weights_sha256: {weights}
wrong:"""


def write_blank_notes(folder: Path, weights: str) -> None:
    """Write a sheet.yaml to fill in, unless there is one for these weights (by their SHA-256)."""
    file = folder / FILE
    if not file.exists() or weights not in file.read_text(encoding="utf-8"):
        lines = [BLANK_NOTES.format(weights=weights), *(f"  {number}:" for number in range(1, COLUMNS * ROWS + 1))]
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def notes_table(folder: Path, weights: str) -> Iterator[str]:
    """The lines of a card that tell what a person saw."""
    notes = read_notes(folder, weights)
    if not notes:
        yield "Nobody has judged this sheet yet."
        return
    fine = sum(note == FINE for note in notes.values())
    yield f"Counted by rows from the top left. Judged by eye: nothing wrong in {fine} of {len(notes)}.\n"
    yield "| sample | what is wrong |\n| --- | --- |"
    for number, note in notes.items():
        yield f"| {number} | {'nothing' if note == FINE else note} |"


def read_notes(folder: Path, weights: str) -> dict[int, str]:
    """What a person saw on each sample of these weights (by their SHA-256); empty if not all are judged."""
    file = folder / FILE
    found = yaml.safe_load(file.read_text(encoding="utf-8")) if file.exists() else {}
    wrong = found.get("wrong", {}) if found.get("weights_sha256") == weights else {}
    complete = set(wrong) == set(range(1, COLUMNS * ROWS + 1)) and all(wrong.values())
    return dict(sorted(wrong.items())) if complete else {}
