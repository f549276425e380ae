"""NVAE's residual cells: 3x3 convolutions going up, expanded depthwise ones coming down, both with BatchNorm, Swish
and squeeze-and-excitation (Vahdat and Kautz 2020, arXiv 2007.03898, figure 3).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

BRANCH = 0.1  # how much of its branch a cell adds
MOMENTUM = 0.05


def batch_norm(channels: int) -> nn.BatchNorm2d:
    """BatchNorm with NVAE's momentum."""
    return nn.BatchNorm2d(channels, momentum=MOMENTUM)


class SqueezeExcitation(nn.Module):
    """Scales every channel by a gate that has seen the mean of all."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        hidden = max(channels // 16, 4)
        self.squeeze = nn.Linear(channels, hidden)
        self.excite = nn.Linear(hidden, channels)

    def forward(self, features: Tensor) -> Tensor:
        """(B, C, H, W) to the same."""
        return features * self.gate(features)

    def gate(self, features: Tensor) -> Tensor:
        """What each channel is scaled by, (B, C, 1, 1) in (0, 1)."""
        hidden = functional.relu(self.squeeze(features.mean((2, 3))))
        gate: Tensor = self.excite(hidden).sigmoid()[:, :, None, None]
        return gate


class EncoderCell(nn.Module):
    """Two times BatchNorm, Swish, 3x3 convolution; with stride 2 it halves the sides."""

    def __init__(self, channels: int, out: int, stride: int = 1) -> None:
        super().__init__()
        self.norm1, self.norm2 = batch_norm(channels), batch_norm(out)
        self.conv1 = nn.Conv2d(channels, out, 3, stride, 1, bias=False)
        self.conv2 = nn.Conv2d(out, out, 3, padding=1)
        self.excitation = SqueezeExcitation(out)
        self.skip = ShiftedHalving(channels, out) if stride == 2 else nn.Identity()

    def forward(self, features: Tensor) -> Tensor:
        """(B, channels, H, W) to (B, out, H / stride, W / stride)."""
        branch = self.conv1(functional.silu(self.norm1(features)))
        branch = self.conv2(functional.silu(self.norm2(branch)))
        out: Tensor = self.skip(features) + BRANCH * self.excitation(branch)
        return out


class ShiftedHalving(nn.Module):
    """Halves the sides by four 1x1 convolutions of stride 2, each on a grid shifted by a pixel."""

    def __init__(self, channels: int, out: int) -> None:
        super().__init__()
        parts = [out // 4] * 3 + [out - 3 * (out // 4)]
        self.convs = nn.ModuleList(nn.Conv2d(channels, part, 1, 2) for part in parts)

    def forward(self, features: Tensor) -> Tensor:
        """(B, channels, H, W) to (B, out, H / 2, W / 2)."""
        swished = functional.silu(features)
        shifts = (swished, swished[:, :, 1:, 1:], swished[:, :, :, 1:], swished[:, :, 1:, :])
        return torch.cat([conv(shifted) for conv, shifted in zip(self.convs, shifts, strict=True)], 1)


class DecoderCell(nn.Module):
    """Expand by 1x1, a depthwise convolution, project back; with `up` it doubles the sides first.

    No non-linearity stands between a BatchNorm and the convolution before or after it, but for Swish behind it:
    all four can be folded into the convolutions.
    """

    def __init__(self, channels: int, out: int, expansion: int, kernel: int, up: bool = False) -> None:
        super().__init__()
        inner = out * expansion
        self.norm1, self.norm2, self.norm3, self.norm4 = map(batch_norm, (channels, inner, inner, out))
        self.expand = nn.Conv2d(channels, inner, 1, bias=False)
        self.depthwise = nn.Conv2d(inner, inner, kernel, padding=kernel // 2, groups=inner, bias=False)
        self.project = nn.Conv2d(inner, out, 1, bias=False)
        self.excitation = SqueezeExcitation(out)
        self.up = up
        self.skip: nn.Module = nn.Conv2d(channels, out, 1) if up else nn.Identity()

    def forward(self, features: Tensor) -> Tensor:
        """(B, channels, H, W) to (B, out, H, W), twice the sides with `up`."""
        branch = functional.silu(self.norm2(self.expand(self.norm1(features))))
        skip = self.skip(features)
        if self.up:  # after the 1x1 convolutions, which commute with it and are four times cheaper before
            branch = functional.interpolate(branch, scale_factor=2.0, mode="nearest")
            skip = functional.interpolate(skip, scale_factor=2.0, mode="bilinear")
        branch = functional.silu(self.norm3(self.depthwise(branch)))
        out: Tensor = skip + BRANCH * self.excitation(self.norm4(self.project(branch)))
        return out
