"""The picture sets that generative models are trained on, and their labels.

Avatars (64x64 and, by the mean of 2x2 pixels, 32x32) and pixel-art heads: drawn by @dicebear/collection 9.4.3 in the
styles lorelei and pixel-art, CC0 1.0. Fashion-MNIST: Zalando Research, MIT. Digits: scikit-learn's 1,797 of 8x8, from
UCI's optical recognition of handwritten digits, CC BY 4.0, split as the sampling tab does.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

Bytes = npt.NDArray[np.uint8]

FILES = {
    "avatars64": "avatars64.npz",
    "avatars32": "avatars64.npz",
    "pixelart16": "pixelart16.npz",
    "fashion28": "fashion_mnist.npz",
}
DIGITS_TRAINED_ON = 1437  # four fifths


@dataclass(frozen=True)
class PictureSet:
    """Pictures (N, C, H, W) uint8 of train and test, and for every label its values' names and the test's values.

    `labels` maps an attribute's name to (names of its values, of train (N,), of test (N,)).
    """

    name: str
    train: Tensor
    test: Tensor
    labels: dict[str, tuple[list[str], Tensor, Tensor]]


def read_pictures(data: Path, name: str) -> PictureSet:
    """A set by name from the folder that holds images; "digits" come with scikit-learn."""
    if name == "digits":
        return _digits()
    source = np.load(data / "images" / FILES[name])
    train, test = _planes(source["x_train"]), _planes(source["x_test"])
    if name == "avatars32":
        train, test = halved(train), halved(test)
    return PictureSet(name, train, test, _labels(source))


def halved(pictures: Tensor) -> Tensor:
    """Half the sides, every pixel the rounded mean of four."""
    chunks = [torch.nn.functional.avg_pool2d(chunk.float(), 2).round() for chunk in torch.split(pictures, 1000)]
    return torch.cat(chunks).to(torch.uint8)


def at_random(pictures: Tensor, count: int, seed: int = 0) -> Tensor:
    """So many of the pictures, at random from a seed, in their order; Fashion-MNIST's file is sorted by class."""
    order = torch.randperm(len(pictures), generator=torch.Generator().manual_seed(seed))
    return pictures[order[:count].sort().values]


def in_unit_range(pictures: Tensor) -> Iterator[Tensor]:
    """Bytes (N, C, H, W) as pictures in [0, 1], a hundred at a time."""
    for chunk in torch.split(pictures, 100):
        yield (chunk.float() / 255).contiguous(memory_format=torch.channels_last)


def _digits() -> PictureSet:
    from sklearn.datasets import load_digits

    found = load_digits()
    order = np.random.default_rng(0).permutation(len(found.images))
    pictures = _planes((found.images[order] * (255 / 16)).round().astype(np.uint8))
    values = torch.from_numpy(found.target[order].astype(np.int64))
    train, test = slice(DIGITS_TRAINED_ON), slice(DIGITS_TRAINED_ON, None)
    labels = {"class": ([str(digit) for digit in range(10)], values[train], values[test])}
    return PictureSet("digits", pictures[train], pictures[test], labels)


def _planes(pictures: Bytes) -> Tensor:
    """(N, H, W) or (N, H, W, C) to (N, C, H, W)."""
    planes = pictures[:, None] if pictures.ndim == 3 else pictures.transpose(0, 3, 1, 2)
    return torch.from_numpy(np.ascontiguousarray(planes))


def _labels(source: Any) -> dict[str, tuple[list[str], Tensor, Tensor]]:
    if "y_train" in source:
        train, test = (torch.from_numpy(source[part].astype(np.int64)) for part in ("y_train", "y_test"))
        return {"class": (source["label_names"].tolist(), train, test)}
    labels = {}
    for column, attribute in enumerate(source["attr_names"].tolist()):
        names: list[str] = json.loads(str(source["attr_values"][column]))
        train, test = (torch.from_numpy(source[part][:, column].astype(np.int64)) for part in ("a_train", "a_test"))
        labels[attribute] = (names, train, test)
    return labels
