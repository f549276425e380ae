"""A small classifier of pictures, whose last features measure how like two sets of pictures are.

One convolution, then one of stride 2 for every further width, a linear map to the features, and on these one linear
head for every attribute. BatchNorm without scale and shift gives each feature mean 0 and variance 1 over the
pictures it was trained on, so that a Fréchet distance between features is in units of those variances.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from huggingface_hub import PyTorchModelHubMixin
from torch import Tensor, nn


@dataclass(frozen=True)
class PictureFeaturesConfig:
    """Shape of a classifier.

    picture (channels, side); widths of the convolutions, each but the first halving the sides; number of features;
    heads maps an attribute's name to the names of its values; model_type tells a loader what the checkpoint is.
    """

    channels: int = 3
    side: int = 32
    widths: tuple[int, ...] = (32, 64, 96, 128)
    features: int = 64
    heads: Mapping[str, Sequence[str]] = field(default_factory=dict)
    model_type: str = "whybox-picture-features"

    @property
    def flat(self) -> int:
        """Numbers that the last convolution gives for a picture."""
        side = self.side
        for _ in self.widths[1:]:
            side = (side + 1) // 2
        return self.widths[-1] * side**2


class PictureFeatures(nn.Module, PyTorchModelHubMixin, license="apache-2.0", tags=["image-classification"]):
    """The classifier; pictures are (B, C, side, side) in [0, 1]."""

    def __init__(self, config: PictureFeaturesConfig | Mapping[str, Any]) -> None:
        super().__init__()
        if not isinstance(config, PictureFeaturesConfig):
            config = PictureFeaturesConfig(**{**config, "widths": tuple(config["widths"])})
        self.config = config
        layers: list[nn.Module] = []
        before = config.channels
        for level, width in enumerate(config.widths):
            convolution = nn.Conv2d(before, width, 3, stride=1 if level == 0 else 2, padding=1, bias=False)
            layers += [convolution, nn.BatchNorm2d(width), nn.ReLU()]
            before = width
        self.body = nn.Sequential(*layers, nn.Flatten())
        self.to_features = nn.Sequential(
            nn.Linear(config.flat, config.features), nn.BatchNorm1d(config.features, affine=False)
        )
        sizes = [len(values) for values in config.heads.values()]
        self.heads = nn.ModuleList(nn.Linear(config.features, size) for size in sizes)

    def features(self, pictures: Tensor) -> Tensor:
        """What the heads read, (B, features)."""
        found: Tensor = self.to_features(self.body(2 * pictures - 1))
        return found

    def forward(self, pictures: Tensor) -> dict[str, Tensor]:
        """Logits (B, values) of every attribute, by its name."""
        found = self.features(pictures)
        return {name: head(found) for name, head in zip(self.config.heads, self.heads, strict=True)}
