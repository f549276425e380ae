"""The small picture sets that live trainings learn from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from playground.runtime.settings import REPOSITORY

SetName = Literal["digits", "fashion-mnist", "pixel-art"]

DIGITS_TRAINED_ON = 1437  # of scikit-learn's 1,797: four fifths
BRIGHTEST_DIGIT = 16
ASSETS = REPOSITORY / "assets"  # fashion-mnist.npz and pixel-art.npz are made by models.recipes.picture_subsets


@dataclass(frozen=True)
class PictureData:
    """Pictures `train` (N, C, H, W) and `test` (M, C, H, W), float32 in [0, 1]; shared by all runs: never written to.

    `test_labels` (M,) index `classes`.
    """

    train: Tensor
    test: Tensor
    test_labels: npt.NDArray[np.int64]
    classes: tuple[str, ...]

    @property
    def shape(self) -> tuple[int, int, int]:
        """Channels, height and width of a picture."""
        channels, height, width = self.train.shape[1:]
        return channels, height, width


@cache
def load(name: SetName) -> PictureData:
    """A set by its name: digits (8x8 grey), fashion-mnist (28x28 grey, garments) or pixel-art (16x16 RGB, heads).

    The digits are scikit-learn's, shuffled once from seed 0. The labels of pixel-art are the background's colours.
    """
    return _digits() if name == "digits" else _shipped(name)


def _digits() -> PictureData:
    from sklearn.datasets import load_digits

    found = load_digits()
    order = np.random.default_rng(0).permutation(len(found.images))
    pictures = torch.from_numpy((found.images[order, None] / BRIGHTEST_DIGIT).astype(np.float32))
    labels = found.target[order].astype(np.int64)
    trained = DIGITS_TRAINED_ON
    return PictureData(pictures[:trained], pictures[trained:], labels[trained:], tuple("0123456789"))


def _shipped(name: str) -> PictureData:
    with np.load(ASSETS / f"{name}.npz") as stored:
        train, test = (_floats(stored[part]) for part in ("images", "probe"))
        return PictureData(train, test, stored["labels"].astype(np.int64), tuple(stored["classes"].tolist()))


def _floats(pictures: npt.NDArray[np.uint8]) -> Tensor:
    """Bytes (N, H, W, C) as pictures (N, C, H, W) in [0, 1]."""
    return torch.from_numpy(pictures.transpose(0, 3, 1, 2) / np.float32(255)).contiguous()
