"""Choose the small picture sets that ship for the collapse and sampling tabs.

    python -m models.recipes.picture_subsets --data DIR

DIR holds ``images/fashion_mnist.npz`` (Zalando Research, MIT), ``images/pixelart16.npz`` and ``images/avatars64.npz``
(heads drawn by @dicebear/collection 9.4.3 in the styles pixel-art and lorelei, CC0 1.0). 2,048 pictures of the first
half of a set and 512 of its held-out half are chosen at random from seed 0, and kept in their order.

assets/fashion-mnist.npz and assets/pixel-art.npz hold ``images`` (2048, H, W, C) and ``probe`` (512, H, W, C)
uint8, ``labels`` (512,) of the probe and the names of the ``classes``: garments, or the colour of the background.
assets/avatars.npz holds a ``probe`` (48, 32, 32, 3) alone, every pixel the mean of four.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from models.recipes.picture_sets import halved

Bytes = npt.NDArray[np.uint8]

ASSETS = Path(__file__).resolve().parents[2] / "assets"
IMAGES, PROBES, PORTRAITS, SEED = 2048, 512, 48, 0
ATTRIBUTE = "backgroundColor"


def choose(count: int, most: int) -> npt.NDArray[np.int64]:
    """Which of `most` pictures are kept: `count` of them, in their order."""
    return np.sort(np.random.default_rng(SEED).choice(most, count, replace=False))


def subset(images: Bytes, held_out: Bytes, labels: Bytes, classes: list[str]) -> dict[str, Any]:
    """The chosen pictures of a set, (N, H, W) or (N, H, W, C), and the labels of the held-out ones."""
    kept, probe = choose(IMAGES, len(images)), choose(PROBES, len(held_out))
    return {
        "images": images[kept].reshape(*images[kept].shape[:3], -1),
        "probe": held_out[probe].reshape(*held_out[probe].shape[:3], -1),
        "labels": labels[probe],
        "classes": np.array(classes),
    }


def fashion_mnist(source: Any) -> dict[str, Any]:
    """Garments, 28x28 grey."""
    return subset(source["x_train"], source["x_test"], source["y_test"], source["label_names"].tolist())


def pixel_art(source: Any) -> dict[str, Any]:
    """Heads, 16x16 RGB, by the colour of their background."""
    column = source["attr_names"].tolist().index(ATTRIBUTE)
    classes = json.loads(source["attr_values"][column])
    return subset(source["x_train"], source["x_test"], source["a_test"][:, column], classes)


def avatars(source: Any) -> dict[str, Any]:
    """Portraits, 32x32 RGB, held-out ones alone."""
    held_out = source["x_test"]
    chosen = torch.from_numpy(held_out[choose(PORTRAITS, len(held_out))]).permute(0, 3, 1, 2)
    return {"probe": halved(chosen).permute(0, 2, 3, 1).contiguous().numpy()}


def main() -> None:
    """Choose, and write the assets."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds images")
    images = parser.parse_args().data / "images"
    np.savez_compressed(ASSETS / "fashion-mnist.npz", **fashion_mnist(np.load(images / "fashion_mnist.npz")))
    np.savez_compressed(ASSETS / "pixel-art.npz", **pixel_art(np.load(images / "pixelart16.npz")))
    np.savez_compressed(ASSETS / "avatars.npz", **avatars(np.load(images / "avatars64.npz")))


if __name__ == "__main__":
    main()
