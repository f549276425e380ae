"""What may be asked: a picture from one of three places, and which training sets' models look at it."""

from __future__ import annotations

from typing import ClassVar, Literal

from playground.runtime.pictures import ENDINGS
from playground.runtime.requests import TabRequest, control
from playground.runtime.sessions import Attachment
from playground.runtime.sketches import LONGEST, PATTERN

Source = Literal["example", "upload", "drawing"]
Example = Literal["avatar", "pixel-art", "garment", "noise", "grey"]
PictureSet = Literal["avatars32", "pixelart16", "fashion28"]

EXAMPLES = 48  # of each kind
AUTOENCODERS = ("ae", "aebn", "eae", "vae", "wae")
MODELS: dict[str, tuple[str, ...]] = {  # by what they were trained on
    "avatars32": ("nvae-avatars32",),
    "pixelart16": ("nvae-pixelart16", *(f"{treatment}-pixelart16" for treatment in AUTOENCODERS)),
    "fashion28": ("nvae-fashion28", *(f"{treatment}-fashion28" for treatment in AUTOENCODERS)),
}


class ReconstructRequest(TabRequest):
    """One picture through every model of the chosen sets, there and back."""

    tab: ClassVar[str] = "sampling-reconstruct"

    source: Source = control(
        "example", title="Picture", help="One that no model was trained on, a file, or a drawing.", widget="choice"
    )
    example: Example = control(
        "avatar",
        title="Example",
        help="A held-out picture of a training set, or none of theirs: noise in every pixel, or plain grey.",
        widget="choice",
    )
    number: int = control(
        5, title="Which one", help="A seed for noise, a shade for grey.", widget="slider", step=1, ge=1, le=EXAMPLES
    )
    upload: Attachment | None = control(
        None, title="Your picture", help="Its middle square is what the models see.", widget="file", accept=ENDINGS
    )
    sketch: str = control(
        "",
        title="Your drawing",
        help="32×32 pixels; it travels in the link.",
        widget="sketch",
        pattern=PATTERN,
        max_length=LONGEST,
    )
    sets: tuple[PictureSet, ...] = control(
        ("avatars32", "pixelart16", "fashion28"),
        title="Models trained on",
        help="Portraits at 32×32, heads at 16×16, garments at 28×28 in grey.",
        widget="choices",
        min_length=1,
        max_length=3,
    )
    invert: bool = control(
        True,
        title="Dark background for garments",
        help="A picture with a light background is inverted, as Fashion-MNIST is light on black.",
        widget="switch",
        group="more",
    )

    def models(self) -> tuple[str, ...]:
        """Every model of the chosen sets."""
        return tuple(f"zoo/{model}" for name in MODELS if name in self.sets for model in MODELS[name])

    def estimate(self) -> float:
        """About how many seconds the run takes on two CPU cores."""
        return 0.3 + 0.3 * len(self.sets)
