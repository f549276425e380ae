"""Dense layers of K variants at once, each with or without BatchNorm.

Activations are (K, V, B, H): variant, view, input, unit. A variant's numbers never depend on the others beside it: all
sums run within one variant, and widths are multiples of 16, so that every matrix starts where vectors may be aligned.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

EPSILON = 1e-5  # of BatchNorm, as in PyTorch


class Choice:
    """Which of K variants do something: `rows` as they are, `mask` (K, 1, 1, 1) the same as a tensor."""

    def __init__(self, rows: Sequence[bool], device: str) -> None:
        self.rows = tuple(rows)
        self.all, self.any = all(rows), any(rows)
        self.mask = torch.tensor(self.rows, device=device).view(-1, 1, 1, 1)

    def pick(self, there: Tensor, elsewhere: Tensor) -> Tensor:
        """`there` where the choice is true, `elsewhere` where it is not."""
        if self.all:
            return there
        return torch.where(self.mask, there, elsewhere) if self.any else elsewhere


def dense(
    x: Tensor, weight: Tensor, bias: Tensor, scale: Tensor, shift: Tensor, norm: Choice, *, hidden: bool
) -> Tensor:
    """(K, V, B, I) by weight (K, I, O) to (K, V, B, O); `norm` says where BatchNorm is, hidden layers end in ReLU.

    Per variant bias (K, O), for where there is no BatchNorm, and scale and shift (K, O), for where there is.
    """
    h = torch.bmm(x.flatten(1, 2), weight).unflatten(1, x.shape[1:3])
    units = (each[:, None, None, :] for each in (bias, scale, shift))
    output: Tensor = _Normalise.apply(h, *units, norm, hidden)  # type: ignore[no-untyped-call]
    return output


class _Normalise(torch.autograd.Function):
    """y = scale (h - mean) / std + shift where BatchNorm is, y = h + bias elsewhere; then perhaps ReLU.

    Written by hand since autograd needs three times as long and lets nan of the way not taken through.
    """

    @staticmethod
    def forward(  # type: ignore[override]
        context: Any, h: Tensor, bias: Tensor, scale: Tensor, shift: Tensor, norm: Choice, hidden: bool
    ) -> Tensor:
        if norm.any:
            mean = norm.pick(h.mean(2, keepdim=True), torch.zeros_like(bias))
            centred = h - mean
            deviation = (centred.square().mean(2, keepdim=True) + EPSILON).rsqrt()  # 1 / std, (K, V, 1, O)
            deviation = norm.pick(deviation, torch.ones_like(bias))
            factor = deviation * norm.pick(scale, torch.ones_like(bias))
            y = torch.addcmul(norm.pick(shift, bias), centred, factor)
        else:
            centred = deviation = factor = bias
            y = h + bias
        if hidden:
            y.relu_()
        context.save_for_backward(centred, deviation, factor, y)
        context.norm, context.hidden = norm, hidden
        return y

    @staticmethod
    def backward(context: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:  # type: ignore[override]
        centred, deviation, factor, y = context.saved_tensors
        norm = context.norm
        if context.hidden:
            gradient = torch.ops.aten.threshold_backward(gradient, y, 0)
        total = gradient.sum(2, keepdim=True)
        by_shift = total.sum(1, keepdim=True)
        nothing = torch.zeros_like(by_shift)
        by_bias = norm.pick(nothing, by_shift)
        if not norm.any:
            return gradient, by_bias, nothing, nothing, None, None
        count = gradient.shape[2]
        along = (gradient * centred).sum(2, keepdim=True) * deviation  # with the normalised h, (K, V, 1, O)
        by_scale = along.sum(1, keepdim=True)
        zeros = torch.zeros_like(along)
        constant = norm.pick(factor * total / count, zeros)
        slope = norm.pick(factor * deviation * along / count, zeros)
        by_h = (gradient * factor).sub_(constant).sub_(centred.mul_(slope))
        return by_h, by_bias, norm.pick(by_scale, nothing), norm.pick(by_shift, nothing), None, None
