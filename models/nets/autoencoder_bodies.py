"""The two bodies of an autoencoder, each as (encoder, number of its features, decoder).

An encoder maps pictures (B, C, side, side) to features (B, F), a decoder codes (B, d) to logits (B, C, side, side).
"""

from __future__ import annotations

from itertools import pairwise

from torch import nn

from models.nets.simsiam import Conv2d, Linear

Bodies = tuple[nn.Sequential, int, nn.Sequential]


def mlp_bodies(channels: int, side: int, latents: int, widths: tuple[int, ...]) -> Bodies:
    """Fully connected layers and ReLU."""
    pixels = channels * side * side
    encoder = [_hidden(i, o) for i, o in pairwise((pixels, *widths))]
    decoder = [_hidden(i, o) for i, o in pairwise((latents, *reversed(widths)))]
    picture = (Linear(widths[0], pixels), nn.Unflatten(1, (channels, side, side)))
    return nn.Sequential(nn.Flatten(), *encoder), widths[-1], nn.Sequential(*decoder, *picture)


def conv_bodies(channels: int, side: int, latents: int, widths: tuple[int, ...]) -> Bodies:
    """Convolutions with BatchNorm and ReLU; each halves the side going in, and doubles it (sub-pixel) going out."""
    if side % 2 ** len(widths):
        raise ValueError(f"The side must be a multiple of {2 ** len(widths)} for {len(widths)} layers.")
    least = side >> len(widths)
    features = widths[-1] * least * least
    encoder = [_halving(i, o) for i, o in pairwise((channels, *widths))]
    decoder = [_doubling(i, o) for i, o in pairwise(reversed(widths))]
    start = (Linear(latents, features), nn.Unflatten(1, (widths[-1], least, least)), *_normalised(widths[-1]))
    picture = (Conv2d(widths[0], 4 * channels, 3, padding=1), nn.PixelShuffle(2))
    return nn.Sequential(*encoder, nn.Flatten()), features, nn.Sequential(*start, *decoder, *picture)


def _hidden(inputs: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(Linear(inputs, outputs), nn.ReLU())


def _halving(inputs: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(Conv2d(inputs, outputs, 4, stride=2, padding=1, bias=False), *_normalised(outputs))


def _doubling(inputs: int, outputs: int) -> nn.Sequential:
    convolution = Conv2d(inputs, 4 * outputs, 3, padding=1, bias=False)
    return nn.Sequential(convolution, nn.PixelShuffle(2), *_normalised(outputs))


def _normalised(channels: int) -> tuple[nn.Module, nn.Module]:
    return nn.BatchNorm2d(channels), nn.ReLU()
