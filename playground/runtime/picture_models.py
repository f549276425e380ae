"""Networks of pictures from a folder of the zoo: configuration and weights are data, checked before anything is built.

They are what huggingface_hub's PyTorchModelHubMixin saves: the fields of a dataclass as config.json, and one
model.safetensors.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import torch
from pydantic import TypeAdapter
from safetensors import safe_open
from safetensors.torch import load_file
from torch import nn

from playground.runtime.errors import ModelUnavailable

LARGEST_NUMBER, LONGEST_LIST = 4096, 32
NETWORKS = {  # task: module, network, its configuration
    "image-vae": ("models.nets.nvae", "NVAE", "NVAEConfig"),
    "image-autoencoder": ("models.nets.autoencoder", "Autoencoder", "AutoencoderConfig"),
    "image-features": ("models.nets.picture_features", "PictureFeatures", "PictureFeaturesConfig"),
}


def picture_model(task: str) -> Callable[[Path], nn.Module]:
    """A builder of the task's network, all of whose tensors stand in its state, from a folder.

    The builder raises ModelUnavailable: the configuration is not one of this network, or the weights are not its.
    """

    def build(folder: Path) -> nn.Module:
        module_name, network_name, config_name = NETWORKS[task]
        module = import_module(module_name)
        network: Callable[[Any], nn.Module] = getattr(module, network_name)
        weights = folder / "model.safetensors"
        try:
            config = checked_config(folder / "config.json", getattr(module, config_name))
            with torch.device("meta"):  # a size costs nothing before it is known to be the file's
                model = network(config)
        except (OSError, ValueError, TypeError, ArithmeticError, RuntimeError) as error:
            message = "The config.json of {model} does not describe a model that this version knows."
            raise ModelUnavailable(message, model=folder.name) from error
        if _shapes(model) != _stored_shapes(weights):
            raise ModelUnavailable("The weights of {model} do not fit its config.json.", model=folder.name)
        stored = load_file(weights)
        whole = {name: tensor.float() if tensor.is_floating_point() else tensor for name, tensor in stored.items()}
        model.load_state_dict(whole, assign=True)
        if task == "image-vae":
            _attach_extras(model, folder)
        return model

    return build


def checked_config(file: Path, config_class: type[Any]) -> Any:
    """The configuration in a JSON file: all its fields known, of the right type, and of a sane size.

    Raises:
        ValueError: they are not.
    """
    text = file.read_text(encoding="utf-8")
    fields = json.loads(text)
    if not isinstance(fields, dict) or not fields.keys() <= {field.name for field in dataclasses.fields(config_class)}:
        raise ValueError("unknown fields")
    if not all(_is_sane(value) for value in fields.values()):
        raise ValueError("absurd sizes")
    config = TypeAdapter(config_class).validate_json(text, strict=True)
    if config.model_type != config_class.model_type:
        raise ValueError("another kind of model")
    return config


def _is_sane(value: object) -> bool:
    if isinstance(value, list):
        return len(value) <= LONGEST_LIST and all(map(_is_sane, value))
    return not isinstance(value, int | float) or 0 <= value <= LARGEST_NUMBER


def _attach_extras(model: nn.Module, folder: Path) -> None:
    from models.nets.directions import load_directions
    from models.nets.readjustment import read_readjusted

    model.readjusted = read_readjusted(folder)  # type: ignore[assignment]
    model.directions = load_directions(folder)  # type: ignore[assignment]


def _shapes(model: nn.Module) -> dict[str, tuple[int, ...]]:
    return {name: tuple(tensor.shape) for name, tensor in model.state_dict().items()}


def _stored_shapes(file: Path) -> dict[str, tuple[int, ...]]:
    with safe_open(file, framework="pt") as stored:
        return {name: tuple(stored.get_slice(name).get_shape()) for name in stored.keys()}  # noqa: SIM118
