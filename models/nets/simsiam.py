"""SimSiam as plain modules: encoder f, projector g and predictor h, small enough to train while one watches.

z = g(f(x)) of two views, p = h(z), and each p is to predict the other view's z [1]. BatchNorm always uses the
batch's statistics. Its four modes: nowhere; in hidden layers; "default", also on z and there without scale and shift;
"predictor-output", also on p. The first weights depend on seed and sizes alone, not on the modes.

1. Chen and He 2021, arXiv 2011.10566, section 3.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import torch
from torch import Generator, Tensor, nn

BatchNorm = Literal["none", "hidden", "default", "predictor-output"]
Predictor = Literal["none", "linear", "mlp"]

WIDTH = 128
CHANNELS = (16, 32, 64)  # of the convolutional encoder; each layer halves height and width
BOTTLENECK = 32


@dataclass(frozen=True)
class Sizes:
    """`inputs` (D,) or (C, H, W), output `dimension` d and number of projector layers."""

    inputs: tuple[int, ...] = (64,)
    dimension: int = 64
    layers: int = 2

    @property
    def is_image(self) -> bool:
        """Whether the encoder is convolutional."""
        return len(self.inputs) == 3

    def encoder(self) -> tuple[int, ...]:
        """Width of the input, then of every layer."""
        return (self.inputs[0], *(CHANNELS if self.is_image else (WIDTH, WIDTH)))

    def projector(self) -> tuple[int, ...]:
        """Width of the encoder's output, then of every layer."""
        return (self.encoder()[-1], *[WIDTH] * (self.layers - 1), self.dimension)

    def predictor(self) -> tuple[int, ...]:
        """Widths of an MLP predictor, whose hidden layer is a bottleneck."""
        return (self.dimension, BOTTLENECK, self.dimension)


class Linear(nn.Linear):
    """Whose first weights `initialise` draws, so that no global random number is used up."""

    def reset_parameters(self) -> None:
        """Leave them."""


class Conv2d(nn.Conv2d):
    """The same for a convolution."""

    def reset_parameters(self) -> None:
        """Leave them."""


class Dense(nn.Module):
    """Linear, BatchNorm where `norm`, and in hidden layers ReLU. Where BatchNorm is, it brings the bias."""

    def __init__(self, inputs: int, outputs: int, norm: bool, *, hidden: bool = True) -> None:
        super().__init__()
        self.map = Linear(inputs, outputs, bias=not norm)
        self.norm = nn.BatchNorm1d(outputs, affine=hidden, track_running_stats=False) if norm else nn.Identity()
        self.activation = nn.ReLU() if hidden else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        """(B, inputs) to (B, outputs)."""
        output: Tensor = self.activation(self.norm(self.map(x)))
        return output


class Convolution(nn.Module):
    """3 x 3 convolution of stride 2, BatchNorm where `norm`, ReLU."""

    def __init__(self, inputs: int, outputs: int, norm: bool) -> None:
        super().__init__()
        self.map = Conv2d(inputs, outputs, 3, stride=2, padding=1, bias=not norm)
        self.norm = nn.BatchNorm2d(outputs, track_running_stats=False) if norm else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        """(B, inputs, H, W) to (B, outputs, H / 2, W / 2)."""
        return torch.relu(self.norm(self.map(x)))


class Pool(nn.Module):
    """The mean over height and width."""

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W) to (B, C)."""
        return x.mean((2, 3))


class SimSiam(nn.Module):
    """Encoder, projector and predictor; the loss needs `model(x)` and `model.predictor` of both views."""

    def __init__(
        self, sizes: Sizes, batch_norm: BatchNorm = "default", predictor: Predictor = "mlp", seed: int = 0
    ) -> None:
        super().__init__()
        hidden, output = batch_norm != "none", batch_norm in ("default", "predictor-output")
        self.encoder = _encoder(sizes, hidden)
        self.projector = _dense(sizes.projector(), hidden, output)
        self.predictor: nn.Module = nn.Identity()
        if predictor == "linear":
            self.predictor = Linear(sizes.dimension, sizes.dimension, bias=False)
        elif predictor == "mlp":
            self.predictor = _dense(sizes.predictor(), hidden, batch_norm == "predictor-output")
        for number, part in enumerate((self.encoder, self.projector, self.predictor)):
            initialise(part.modules(), torch.Generator().manual_seed(3 * seed + number))

    def forward(self, x: Tensor) -> Tensor:
        """The outputs z (B, d) of inputs (B, *inputs)."""
        z: Tensor = self.projector(self.encoder(x))
        return z


def initialise(modules: Iterable[nn.Module], generator: Generator) -> None:
    """Weights and biases of every linear and convolutional layer, uniform within 1 / sqrt(fan in) of 0 as in PyTorch.

    A bias is drawn where there is none too, so that the weights do not depend on it.
    """
    for module in modules:
        if isinstance(module, nn.Linear | nn.Conv2d):
            bound = 1 / math.sqrt(module.weight[0].numel())
            nn.init.uniform_(module.weight, -bound, bound, generator)
            bias = torch.empty(len(module.weight)) if module.bias is None else module.bias
            nn.init.uniform_(bias, -bound, bound, generator)


def _encoder(sizes: Sizes, norm: bool) -> nn.Sequential:
    widths = sizes.encoder()
    if not sizes.is_image:
        return _dense(widths, norm, None)
    return nn.Sequential(*(Convolution(i, o, norm) for i, o in pairwise(widths)), Pool())


def _dense(widths: tuple[int, ...], hidden: bool, output: bool | None) -> nn.Sequential:
    """Layers of these widths; the last one is an output layer, normalised or not, unless `output` is None."""
    pairs = list(pairwise(widths))
    layers = [Dense(i, o, hidden) for i, o in (pairs if output is None else pairs[:-1])]
    if output is not None:
        layers.append(Dense(*pairs[-1], output, hidden=False))
    return nn.Sequential(*layers)
