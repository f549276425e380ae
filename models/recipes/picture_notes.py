"""What the model cards say of the picture sets."""

from __future__ import annotations

from dataclasses import dataclass

_AVATARS = (
    "20,000 portraits drawn by @dicebear/collection 9.4.3 in the style lorelei (CC0 1.0), recoloured at random; "
    "19,000 train, 1,000 test"
)


@dataclass(frozen=True)
class Notes:
    """What the set shows, in the plural, and where it is from."""

    plural: str
    about: str


NOTES = {
    "avatars64": Notes("64x64 avatars", f"{_AVATARS}."),
    "avatars32": Notes("32x32 avatars", f"{_AVATARS}, halved from 64x64 by the mean of 2x2 pixels."),
    "pixelart16": Notes(
        "pixel-art heads",
        "20,000 heads of 16x16 drawn by @dicebear/collection 9.4.3 in the style pixel-art (CC0 1.0); 19,000 train, "
        "1,000 test.",
    ),
    "fashion28": Notes(
        "Fashion-MNIST", "Fashion-MNIST (Zalando Research, MIT): 60,000 train, 10,000 test pictures of 28x28."
    ),
    "digits": Notes(
        "digits",
        "the 1,797 digits of 8x8 that come with scikit-learn (UCI optical recognition of handwritten digits, "
        "CC BY 4.0); 1,437 train, 360 test.",
    ),
}
