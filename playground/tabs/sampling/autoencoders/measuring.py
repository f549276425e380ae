"""What is told of an autoencoder as it is: samples, what becomes of test pictures, and how its codes lie."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from models.losses.frechet import frechet_distance
from models.losses.knn_entropy import entropy_gap
from models.nets.autoencoder import Autoencoder, squared_error
from models.nets.gaussian_mixture import GaussianMixture
from models.nets.picture_features import PictureFeatures
from playground.runtime.live_training import step_generator
from playground.tabs.sampling.autoencoders.measures import histogram, quantiles
from playground.tabs.sampling.data import PictureData

Pixels = npt.NDArray[np.uint8]

COMPONENTS = 10
TOLERANCE = 0.01  # of the mixture's fit, in nats: a picture must not wait for the last digit
SHOWN_SAMPLES, SHOWN_TESTS = 16, 8
COMPARED = 192  # pictures a Fréchet distance
FITTED = 720  # training pictures to whose codes scale and mixture are fitted
NOISE, MIXTURE = 2, 3  # what is drawn from a seed, beside the batches and their noise


@dataclass(frozen=True)
class Told:
    """One autoencoder's part of a frame, see AutoencodersFrame."""

    reconstruction: float
    gap: float
    frechet: tuple[float, float, float]
    normal: Pixels
    mixture: Pixels
    reconstructions: Pixels
    histogram: npt.NDArray[np.float32]
    quantiles: npt.NDArray[np.float32]
    points: npt.NDArray[np.float16]


class Measuring:
    """Measures autoencoders of one data set on the CPU, always with the same noise; `features` may be elsewhere.

    `reference` is the Fréchet distance of the first test pictures, as many as there are samples, to the training ones.
    """

    def __init__(
        self,
        data: PictureData,
        features: PictureFeatures,
        seed: int,
        latents: int,
        device: torch.device | str = "cpu",
    ) -> None:
        self._data, self._model, self._seed, self._device = data, features, seed, device
        self.count = min(COMPARED, len(data.test))
        self._noise = torch.randn(self.count, latents, generator=step_generator(seed, 0, NOISE))
        self._real = torch.cat([self._features(part) for part in torch.split(data.train, 256)])
        self.reference = self._distance(data.test[: self.count])

    @torch.no_grad()
    def tell(self, model: Autoencoder) -> Told:
        """Everything, of a model that is in eval mode."""
        fitted, test = model.encode(self._data.train[:FITTED]), model.encode(self._data.test)
        mean, deviation = fitted.mean(0), fitted.std(0)
        reconstructed = model.decode(test)
        normal, mixture = model.decode(self._noise), model.decode(self._from_mixture(fitted))
        scaled = model.decode(mean + deviation * self._noise)
        own_scale = model.config.treatment == "ae"  # its codes have no scale that could be right or wrong
        return Told(
            reconstruction=float(squared_error(reconstructed, self._data.test)),
            gap=float(entropy_gap((test - mean) / deviation.clamp_min(1e-6) if own_scale else test)),
            frechet=(self._distance(normal), self._distance(scaled), self._distance(mixture)),
            normal=to_bytes(normal[:SHOWN_SAMPLES]),
            mixture=to_bytes(mixture[:SHOWN_SAMPLES]),
            reconstructions=to_bytes(reconstructed[:SHOWN_TESTS]),
            histogram=histogram(test.numpy()),
            quantiles=quantiles(test.numpy()),
            points=(test if test.shape[1] == 2 else test.new_zeros(0, 2)).numpy().astype(np.float16),
        )

    def _from_mixture(self, codes: Tensor) -> Tensor:
        """Draws from a mixture fitted to codes (n, d)."""
        mixture = GaussianMixture(COMPONENTS, codes.shape[1])
        mixture.fit(codes, tolerance=TOLERANCE)
        return mixture.draw(self.count, step_generator(self._seed, 0, MIXTURE))

    def _distance(self, pictures: Tensor) -> float:
        return frechet_distance(self._features(pictures), self._real)

    @torch.no_grad()
    def _features(self, pictures: Tensor) -> Tensor:
        return self._model.features(pictures.to(self._device)).cpu()


def to_bytes(pictures: Tensor) -> Pixels:
    """Pictures (N, C, H, W) in [0, 1] as bytes (N, H, W, C)."""
    whole = (pictures * 255).round().to(torch.uint8)
    return np.ascontiguousarray(whole.permute(0, 2, 3, 1).numpy())
