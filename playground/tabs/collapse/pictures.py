"""Pictures as data sets: two small sets that ship, and the standardisation that an upload goes through too."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt
import torch

from playground.runtime.settings import REPOSITORY
from playground.tabs.collapse.augmentation import augmented
from playground.tabs.collapse.dataset import Dataset

Bytes = npt.NDArray[np.uint8]

ASSETS = REPOSITORY / "assets"  # fashion-mnist.npz and pixel-art.npz are made by models.recipes.picture_subsets


@cache
def shipped(name: str) -> Dataset:
    """A set that ships: fashion-mnist (28x28 grey, garments) or pixel-art (16x16 RGB, by background)."""
    with np.load(ASSETS / f"{name}.npz") as stored:
        return dataset(stored["images"], stored["probe"], stored["labels"], tuple(stored["classes"].tolist()))


def dataset(images: Bytes, probe: Bytes, labels: npt.NDArray[np.integer], classes: tuple[str, ...]) -> Dataset:
    """A data set of images (N, H, W, C) and a probe (P, H, W, C), each channel with mean 0 and deviation 1.

    Mean and deviation are those of the images; a channel that never changes is only centred.
    """
    mean = images.mean(axis=(0, 1, 2), dtype=np.float64)
    deviation = images.std(axis=(0, 1, 2), dtype=np.float64)
    scale = np.where(deviation > 0, deviation, 1.0)
    inputs, probes = (
        torch.from_numpy(((pixels - mean) / scale).astype(np.float32).transpose(0, 3, 1, 2).copy())
        for pixels in (images, probe)
    )
    return Dataset(inputs, classes, probes, labels.astype(np.int64), is_image=True, view=augmented)
