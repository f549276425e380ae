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

    def pick(self, there: Tensor, elsewhere: Tensor | float) -> Tensor:
        """`there` where some variant's choice is true, `elsewhere` where it is not."""
        return there if self.all else torch.where(self.mask, there, elsewhere)


def dense(x: Tensor, weight: Tensor, bias: Tensor, scale: Tensor | None, shift: Tensor | None, norm: Choice) -> Tensor:
    """(K, V, B, I) by weight (K, I, O) to (K, V, B, O); `norm` says where BatchNorm is.

    Hidden layers end in ReLU and have scale and shift (K, O) for where there is BatchNorm, output layers do neither.
    A bias (K, O) is for where there is none.
    """
    variants, views, batch, _ = x.shape
    h = torch.bmm(x.flatten(1, 2), weight).view(variants, views, batch, -1)
    output: Tensor = _Normalise.apply(h, bias, scale, shift, norm)  # type: ignore[no-untyped-call]
    return output


class _Normalise(torch.autograd.Function):
    """y = scale (h - mean) / std + shift where BatchNorm is, y = h + bias elsewhere; ReLU if there is a scale.

    Written by hand since autograd needs three times as long, and lets nan of the way not taken through.
    """

    @staticmethod
    def forward(
        context: Any, h: Tensor, bias: Tensor, scale: Tensor | None, shift: Tensor | None, norm: Choice
    ) -> Tensor:
        bias = bias[:, None, None, :]
        centred, deviation, factor = h, None, None
        if norm.any:
            centred = h - norm.pick(h.mean(2, keepdim=True), 0.0)
            variance = centred.square().mean(2, keepdim=True)
            deviation = norm.pick((variance + EPSILON).rsqrt_(), 1.0)  # 1 / std, (K, V, 1, O)
            factor = deviation if scale is None else deviation * norm.pick(scale[:, None, None, :], 1.0)
            y = centred * factor
            y += norm.pick(torch.zeros_like(bias) if shift is None else shift[:, None, None, :], bias)
        else:
            y = h + bias
        if scale is not None:
            y.relu_()
        context.save_for_backward(centred if norm.any else None, deviation, factor, y if scale is not None else None)
        context.norm = norm
        return y

    @staticmethod
    def backward(context: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        centred, deviation, factor, y = context.saved_tensors
        norm = context.norm
        if y is not None:
            gradient = torch.ops.aten.threshold_backward(gradient, y, 0)
        total = gradient.sum(2, keepdim=True)
        by_shift = total.sum(1)[:, 0]
        by_bias = None if norm.all else torch.where(norm.mask[:, 0, 0], 0.0, by_shift)
        if not norm.any:
            return gradient, by_bias, None, None, None
        along = (gradient * centred).sum(2, keepdim=True) * deviation  # with the normalised h, (K, V, 1, O)
        share = factor / gradient.shape[2]
        slope = norm.pick(deviation * along * share, 0.0)
        by_h = (gradient * factor).sub_(norm.pick(total * share, 0.0)).sub_(centred.mul_(slope))
        if y is None:
            return by_h, by_bias, None, None, None
        rows = norm.mask[:, 0, 0]
        by_scale = along.sum(1)[:, 0]
        return by_h, by_bias, torch.where(rows, by_scale, 0.0), torch.where(rows, by_shift, 0.0), None
