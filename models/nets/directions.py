"""Directions in an NVAE's noise along which one attribute of its pictures changes.

Stored beside a checkpoint: `directions.safetensors` with a tensor (C, H, W) for every group that a direction moves, and
`directions.json` with the number of the model's groups and, by name, what each direction does.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from safetensors.torch import load_file, save_file
from torch import Tensor

FILE, ABOUT = "directions.safetensors", "directions.json"

Direction = Sequence[Tensor | None]  # for every group, from the top, its change; None where it has none


def move(noise: Sequence[Tensor], direction: Direction, amount: float) -> list[Tensor]:
    """Noise (B, C, H, W) of every group, moved; amount 1 is what the attribute takes to change, -1 is its opposite."""
    pairs = zip(noise, direction, strict=True)
    return [group if change is None else group + amount * change.to(group) for group, change in pairs]


def load_directions(folder: Path) -> dict[str, list[Tensor | None]]:
    """The directions of the model in a folder by name, in the order of their file; empty where there are none."""
    if not (folder / ABOUT).is_file():
        return {}
    about, tensors = read_about(folder), load_file(folder / FILE)
    groups = range(about["groups"])
    found = {name: [tensors.get(_key(name, group)) for group in groups] for name in about["directions"]}
    return {name: [None if change is None else change.float() for change in found[name]] for name in found}


def read_about(folder: Path) -> dict[str, Any]:
    """What directions.json says: `groups`, and for each name in `directions` its attribute and how often it worked."""
    about: dict[str, Any] = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
    return about


def save_directions(folder: Path, directions: Mapping[str, Direction], about: Mapping[str, Any]) -> None:
    """Write both files, the tensors in half precision; `about` has an entry for every direction."""
    tensors = {
        _key(name, group): change.half().contiguous()
        for name, direction in directions.items()
        for group, change in enumerate(direction)
        if change is not None
    }
    save_file(tensors, folder / FILE)
    groups = max(len(direction) for direction in directions.values())
    content = {"groups": groups, "directions": {name: about[name] for name in directions}}
    (folder / ABOUT).write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _key(name: str, group: int) -> str:
    return f"{name}/{group}"
