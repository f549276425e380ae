"""What the model cards of all families share: front matter, parameter counts, shares with their intervals."""

from __future__ import annotations

import json
import struct
from math import prod
from pathlib import Path
from typing import Any

import yaml


def count_parameters(weights: Path) -> int:
    """Numbers stored in a safetensors file, from its header."""
    with weights.open("rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
    return sum(prod(entry["shape"]) for name, entry in header.items() if name != "__metadata__")


def front_matter(
    language: str, pipeline_tag: str, tags: list[str], about: dict[str, Any], library: str = "transformers"
) -> str:
    """The YAML at the head of a card; `about` is what the playground lists a model by. No language if it is ""."""
    matter = {
        "license": "apache-2.0",
        **({"language": language} if language else {}),
        "library_name": library,
        "pipeline_tag": pipeline_tag,
        "tags": tags,
        "whybox": about,
    }
    return yaml.safe_dump(matter, sort_keys=False, allow_unicode=True)


def share(measured: dict[str, Any]) -> str:
    """A share of outputs that never end, with its 95 % interval."""
    low, high = measured["interval"]
    return f"{measured['ratio']:.1%} [{low:.1%}, {high:.1%}]"
