"""Multilayer perceptrons that are piecewise linear, so that their gradient in the input is a product of matrices."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Generator, Tensor, nn

SLOPE = 0.2  # of the leaky ReLU below zero: it never steepens anything


class Perceptron(nn.Module):
    """Linear layers with leaky ReLUs between them, drawn from `generator`: uniform with variance 2 / inputs.

    The last layer's are `last` times that.
    """

    def __init__(self, sizes: Sequence[int], generator: Generator, last: float = 1.0) -> None:
        super().__init__()
        shapes = list(zip(sizes[1:], sizes, strict=False))
        self.weights = nn.ParameterList(_uniform((rows, columns), columns, generator) for rows, columns in shapes)
        with torch.no_grad():
            self.weights[-1] *= last
        self.biases = nn.ParameterList(torch.zeros(rows) for rows, _ in shapes)

    def forward(self, inputs: Tensor, weights: Sequence[Tensor] | None = None) -> Tensor:
        """Outputs (N, last size) of inputs (N, first size); `weights` take the place of the own ones."""
        *_, outputs = self._layers(inputs, weights)
        return outputs

    def input_gradients(self, inputs: Tensor, weights: Sequence[Tensor] | None = None) -> Tensor:
        """The gradient (N, first size) of the single output in every input.

        Differentiable in the weights, as the kinks of a leaky ReLU have no width.
        """
        matrices = list(self.weights if weights is None else weights)
        *hidden, _ = self._layers(inputs, matrices)
        gradients: Tensor = matrices[-1].expand(len(inputs), -1)  # (N, last hidden size)
        for outputs, matrix in zip(reversed(hidden), reversed(matrices[:-1]), strict=True):
            slopes = torch.where(outputs.detach() > 0, 1.0, SLOPE).to(gradients)
            gradients = (gradients * slopes) @ matrix
        return gradients

    def _layers(self, inputs: Tensor, weights: Sequence[Tensor] | None) -> list[Tensor]:
        """What every layer gives before its leaky ReLU."""
        found: list[Tensor] = []
        for weight, bias in zip(self.weights if weights is None else weights, self.biases, strict=True):
            before = nn.functional.leaky_relu(found[-1], SLOPE) if found else inputs
            found.append(before @ weight.T + bias)
        return found


def _uniform(shape: tuple[int, int], inputs: int, generator: Generator) -> Tensor:
    bound = math.sqrt(6 / inputs)
    return (2 * torch.rand(shape, generator=generator) - 1) * bound
