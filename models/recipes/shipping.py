"""Write a trained model's folder of the zoo, and say which file its figures were taken on."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from safetensors.torch import save_file
from torch import Tensor, nn
from transformers import PreTrainedModel, PreTrainedTokenizerFast

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

ZOO = Path(__file__).resolve().parents[1] / "zoo"


def ship(folder: Path, model: PreTrainedModel, tokenizer: PreTrainedTokenizerFast, training: dict[str, Any]) -> None:
    """Write weights in half precision, configuration, tokenizer and what the card says about the training."""
    model.half().save_pretrained(folder)  # type: ignore[no-untyped-call]
    tokenizer.save_pretrained(folder)
    write_json(folder / "training.json", training)


def ship_network(folder: Path, model: nn.Module, config: DataclassInstance, training: dict[str, Any]) -> None:
    """The same of a network of our own, whose shape is a dataclass: weights, config.json and training.json."""
    folder.mkdir(parents=True, exist_ok=True)
    save_file(halved(model.state_dict()), folder / "model.safetensors", {"format": "pt"})
    write_json(folder / "config.json", asdict(config))
    write_json(folder / "training.json", training)


def halved(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Tensors as they are stored: floating-point ones in half precision, all contiguous."""
    return {
        name: (tensor.half() if tensor.is_floating_point() else tensor).contiguous() for name, tensor in tensors.items()
    }


def measured_on(folder: Path) -> dict[str, Any]:
    """The file, day and machine of figures that are taken now."""
    return {
        "weights_sha256": hashlib.sha256(weights_file(folder).read_bytes()).hexdigest(),
        "date": date.today().isoformat(),
        "machine": f"{os.cpu_count()}-core CPU, float32",
    }


def weights_file(folder: Path) -> Path:
    """The file of a folder's weights: a model's, or an adapter's."""
    (file,) = (file for name in ("model", "adapter_model") if (file := folder / f"{name}.safetensors").is_file())
    return file


def read_json(file: Path) -> Any:
    """The content of a JSON file."""
    return json.loads(file.read_text(encoding="utf-8"))


def write_json(file: Path, content: object, indent: int = 1) -> None:
    """Write a JSON file with one entry a line."""
    file.write_text(json.dumps(content, ensure_ascii=False, indent=indent) + "\n", encoding="utf-8")
