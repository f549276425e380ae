"""K networks of equal sizes as one: the same maths as K plain `SimSiam` modules, in stacked weights.

The output dimension d is filled up with zero columns to D, a multiple of 16 (see `dense`), which stay zero.
Convolutions run one variant and view after another; their heads are stacked like the others.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.nn.functional import batch_norm, conv2d, pad

from models.nets.simsiam import Convolution, Dense, SimSiam, Sizes
from playground.tabs.collapse.dense import Choice, dense
from playground.tabs.collapse.modes import Modes, Predictors
from playground.tabs.collapse.parameters import Need, Parameters, Slot

Tensors = dict[str, Tensor]


class Stack:
    """Parameters of K variants that start alike: `encoder` with projector, `mlp` and `linear` predictor.

    `random` are the fixed first weights of the MLP.
    """

    def __init__(self, sizes: Sizes, variants: int, seed: int, device: str, dtype: torch.dtype) -> None:
        plain = SimSiam(sizes, "none", "mlp", seed).to(dtype)
        linear = SimSiam(sizes, "none", "linear", seed).to(dtype)
        self.sizes = sizes
        self.width = sizes.dimension + -sizes.dimension % 16  # D
        trunk = [*_slots("encoder", plain.encoder), *_slots("projector", plain.projector, "no output norm")]
        self.encoder = Parameters(trunk, variants, device)
        self.mlp = Parameters([*_slots("predictor", plain.predictor, "no prediction norm")], variants, device)
        square = next(linear.predictor.parameters()).detach()
        self.linear = Parameters([Slot("weight", _padded(square.T, inputs=True))], variants, device)
        self.random = self.mlp.views(self.mlp.values.clone())

    def encode(self, x: Tensor, modes: Modes, values: Tensor | None = None) -> Tensor:
        """Outputs z (K, V, B, D) of views x (V, B, *inputs) common to all variants, also with other `values`."""
        tensors = self.encoder.leaves if values is None else self.encoder.views(values)
        if self.sizes.is_image:
            features = self._convolved(x, tensors, modes.hidden)
        else:
            features = _dense(x.expand(len(modes.variants), *x.shape), "encoder", tensors, modes.hidden, None)
        return _dense(features, "projector", tensors, modes.hidden, modes.output)

    def predict(self, z: Tensor, modes: Modes, direct: Tensor) -> Tensor:
        """Predictions p (K, V, B, D) of outputs z by each one's own predictor; DirectPred's is `direct` (K, D, D)."""
        parts = [self._predicted(part, z[part.rows], direct) for part in modes.predictors.values()]
        return parts[0] if len(parts) == 1 else torch.cat(parts)[modes.order]

    def _predicted(self, part: Predictors, z: Tensor, direct: Tensor) -> Tensor:
        """Predictions of the variants that have one kind of predictor."""
        match part.kind:
            case "none":
                return z
            case "linear" | "directpred":
                weight = self.linear.leaves["weight"] if part.kind == "linear" else direct
                return torch.bmm(z.flatten(1, 2), weight[part.rows]).view(z.shape)
            case "mlp" | "random":
                tensors = self.mlp.leaves if part.kind == "mlp" else self.random
                own = {name: tensor[part.rows] for name, tensor in tensors.items()}
                return _dense(z, "predictor", own, part.hidden, part.output)

    def _convolved(self, x: Tensor, tensors: Tensors, norm: Choice) -> Tensor:
        """Features (K, V, B, F) of images (V, B, C, H, W)."""
        variants = [{name: tensor[k] for name, tensor in tensors.items()} for k in range(len(norm.rows))]
        return torch.stack(
            [
                torch.stack([_convolutions(view, own, used) for view in x])
                for own, used in zip(variants, norm.rows, strict=True)
            ]
        )


def _slots(part: str, layers: nn.Module, output: Need | None = None) -> Iterator[Slot]:
    """The tensors of a chain of layers; with `output` the last is an output layer, whose bias is used then."""
    maps = [layer.map for layer in layers.children() if isinstance(layer, Dense | Convolution)]
    for number, layer in enumerate(maps):
        assert layer.bias is not None
        name, weight, bias = f"{part}.{number}", layer.weight.detach(), _padded(layer.bias.detach())
        yield Slot(f"{name}.weight", _padded(weight.T, inputs=part == "predictor") if weight.ndim == 2 else weight)
        if output and layer is maps[-1]:
            yield Slot(f"{name}.bias", bias, output)
        else:
            yield Slot(f"{name}.bias", bias, "no hidden norm")
            yield Slot(f"{name}.scale", torch.ones_like(bias), "hidden norm")
            yield Slot(f"{name}.shift", torch.zeros_like(bias), "hidden norm")


def _padded(tensor: Tensor, inputs: bool = False) -> Tensor:
    """Zeros after the last dimension, and where `inputs` after the first too, up to multiples of 16."""
    rows = -len(tensor) % 16 if inputs else 0
    return pad(tensor, (0, -tensor.shape[-1] % 16, 0, rows) if tensor.ndim == 2 else (0, -len(tensor) % 16))


def _dense(x: Tensor, part: str, tensors: Tensors, hidden: Choice, output: Choice | None) -> Tensor:
    """A chain of dense layers on (K, V, B, I); the last is an output layer if there is an `output`."""
    layers = sum(name.startswith(part) and name.endswith("weight") for name in tensors)
    for number in range(layers):
        weight, bias = tensors[f"{part}.{number}.weight"], tensors[f"{part}.{number}.bias"]
        if output is not None and number == layers - 1:
            return dense(x, weight, bias, None, None, output)
        scale, shift = tensors[f"{part}.{number}.scale"], tensors[f"{part}.{number}.shift"]
        x = dense(x, weight, bias, scale, shift, hidden)
    return x


def _convolutions(x: Tensor, tensors: Tensors, norm: bool) -> Tensor:
    """Features (B, F) of one variant's images (B, C, H, W)."""
    layers = sum(name.startswith("encoder") and name.endswith("weight") for name in tensors)
    for number in range(layers):
        own = {kind: tensors[f"encoder.{number}.{kind}"] for kind in ("weight", "bias", "scale", "shift")}
        x = conv2d(x, own["weight"], None if norm else own["bias"], stride=2, padding=1)
        x = batch_norm(x, None, None, own["scale"], own["shift"], training=True) if norm else x
        x = x.relu()
    return x.mean((2, 3))
