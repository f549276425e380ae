"""Which models exist: the zoo, hub.yaml, the packaged one, and folders of the operator's own.

A folder is laid out as a Hugging Face model repo: README.md with YAML front matter (licence, and a
`whybox` mapping with title, task and free tags), config.json, model.safetensors, tokenizer.json.
Only JSON, YAML and safetensors headers are read here, and nothing is imported from a folder.
"""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import yaml

from playground.runtime.errors import ModelCorrupt
from playground.runtime.weights import count_parameters

Source = Literal["zoo", "hub", "packaged", "local"]
TASKS = {
    "ForCausalLM": "causal-lm",
    "LMHeadModel": "causal-lm",
    "ForMaskedLM": "masked-lm",
    "ForConditionalGeneration": "seq2seq-lm",
}
TASK_OF_TYPE = {
    "whybox-rnn-lm": "causal-lm",
    "whybox-nvae": "image-vae",
    "whybox-autoencoder": "image-autoencoder",
    "whybox-picture-features": "image-features",
    "whybox-t-ta": "t-ta",
}
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True)
class ModelEntry:
    """A model that may be leased by its id, `<source>/<name>`.

    `folder` is None for a model that lives on the hub only; `sha256` pins its files by name;
    `base` is the id of the model that an adapter changes; `problem` says why it cannot be used.
    """

    id: str
    title: str
    source: Source
    task: str
    licence: str = ""
    revision: str = ""
    folder: Path | None = None
    bytes: int = 0
    parameters: int = 0
    sha256: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    repo: str = ""
    base: str = ""
    problem: str = ""

    @property
    def weight_files(self) -> tuple[Path, ...]:
        """The weight files in the entry's folder, by name."""
        return () if self.folder is None else tuple(sorted(self.folder.glob("*.safetensors")))


def scan(folder: Path | None, source: Source) -> Iterator[ModelEntry]:
    """The models in the subfolders of a folder, by name; what cannot be used is listed with the reason."""
    if folder is None or not folder.is_dir():
        return
    for child in sorted(folder.iterdir()):
        if child.is_dir() and NAME.fullmatch(child.name):
            yield read_entry(child, source)


def read_entry(folder: Path, source: Source) -> ModelEntry:
    """The model in one folder."""
    card = front_matter(folder / "README.md")
    about = {str(key): str(value) for key, value in _mapping(card.get("whybox")).items()}
    config = _read_json(folder / "config.json") | _read_json(folder / "adapter_config.json")
    files = sorted(folder.glob("*.safetensors"))
    task = about.pop("task", "") or _task_of(config)
    problem, parameters = "", 0
    if not config:
        problem = "Its config.json is missing or damaged."
    elif not files:
        problem = "It has no .safetensors file; other weight formats are not read."
    elif not task:
        problem = "Its README.md names no task."
    try:
        parameters = sum(count_parameters(file) for file in files)
    except ModelCorrupt:
        problem = "One of its weight files is damaged. Copy or download it again."
    return ModelEntry(
        id=f"{source}/{folder.name}",
        title=about.pop("title", folder.name),
        source=source,
        task=task,
        licence=str(card.get("license", "")),
        folder=folder,
        bytes=sum(file.stat().st_size for file in files),
        parameters=parameters,
        base=about.pop("base", ""),
        tags=about,
        problem=problem,
    )


def read_hub_file(file: Path) -> Iterator[ModelEntry]:
    """The models of hub.yaml: pinned to a commit, every weight file to its SHA-256."""
    for name, pin in yaml.safe_load(file.read_text(encoding="utf-8")).items():
        package = str(pin.get("package", ""))
        source: Source = "packaged" if package else "hub"
        yield ModelEntry(
            id=f"{source}/{name}",
            title=pin["title"],
            source=source,
            task=pin["task"],
            licence=pin["licence"],
            revision=pin["commit"],
            folder=packaged_folder(package) if package else None,
            bytes=pin["bytes"],
            parameters=pin["parameters"],
            sha256=pin["sha256"],
            tags={str(key): str(value) for key, value in pin.get("tags", {}).items()},
            repo=pin["repo"],
        )


def packaged_folder(package: str) -> Path | None:
    """A folder `module/path` inside an installed package, found without importing the package."""
    module, _, path = package.partition("/")
    found = importlib.util.find_spec(module)
    if found is None or not found.submodule_search_locations:
        return None
    folder = Path(found.submodule_search_locations[0]) / path
    return folder if folder.is_dir() else None


def front_matter(card: Path) -> dict[str, Any]:
    """The YAML at the head of a model card; empty if there is none or it is damaged."""
    try:
        text = card.read_text(encoding="utf-8")
        opening, matter, _ = text.split("---\n", 2)
        return _mapping(yaml.safe_load(matter)) if opening == "" else {}
    except (OSError, ValueError, yaml.YAMLError):
        return {}


def _task_of(config: dict[str, Any]) -> str:
    architectures = config.get("architectures") or [""]
    by_name = (task for ending, task in TASKS.items() if str(architectures[0]).endswith(ending))
    return TASK_OF_TYPE.get(str(config.get("model_type")), "") or next(by_name, "")


def _read_json(file: Path) -> dict[str, Any]:
    try:
        return _mapping(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
