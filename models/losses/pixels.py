"""Likelihoods of pictures given a decoder's output: Bernoulli, one discretised logistic, and mixtures of them.

Pictures are (B, C, H, W) in [0, 1]. A mixture has K logistics a pixel, cut into 256 values, the lowest and highest
taking the tails; green is coupled linearly to red, blue to red and green (Salimans et al. 2017, arXiv 1701.05517,
section 2.1 and 2.2; coupled to what was drawn, not to the means).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

import torch
from torch import Generator, Tensor
from torch.nn import functional

Likelihood = Literal["bernoulli", "logistic", "logistics"]

HALF_BIN = 1 / 255  # of the values' range [-1, 1]
LEAST_LOG_SCALE = -7.0


class Pixels(Protocol):
    """A distribution over pictures."""

    def log_likelihood(self, pictures: Tensor) -> Tensor:
        """Log-likelihood in nats of every pixel, (B, H, W)."""
        ...

    def mean(self) -> Tensor:
        """The expected picture."""
        ...

    def likeliest(self) -> Tensor:
        """The likeliest value of a Bernoulli pixel, or the mean of the likeliest component of a mixture."""
        ...

    def sample(self, generator: Generator, temperature: float = 1.0) -> Tensor:
        """A picture drawn from it; the temperature multiplies the noise."""
        ...


@dataclass(frozen=True)
class BernoulliPixels:
    """Pixels that are black or white, from logits (B, C, H, W)."""

    logits: Tensor

    def log_likelihood(self, pictures: Tensor) -> Tensor:
        """See :class:`Pixels`; greys count as their expectation."""
        return -functional.binary_cross_entropy_with_logits(self.logits, pictures, reduction="none").sum(1)

    def mean(self) -> Tensor:
        """See :class:`Pixels`."""
        return self.logits.sigmoid()

    def likeliest(self) -> Tensor:
        """See :class:`Pixels`."""
        return (self.logits > 0).to(self.logits.dtype)

    def sample(self, generator: Generator, temperature: float = 1.0) -> Tensor:
        """See :class:`Pixels`; logits plus logistic noise times the temperature, cut at 0."""
        noise = logistic_noise(self.logits.shape, generator, self.logits)
        return (self.logits + temperature * noise > 0).to(self.logits.dtype)


@dataclass(frozen=True)
class LogisticMixture:
    """K discretised logistics a pixel; values in [-1, 1] inside, pictures in [0, 1] outside.

    weights (B, K, H, W) logits; means and log_scales (B, K, C, H, W); couplings (B, K, C (C - 1) / 2, H, W), of
    green to red, blue to red, blue to green.
    """

    weights: Tensor
    means: Tensor
    log_scales: Tensor
    couplings: Tensor

    @classmethod
    def of(cls, output: Tensor, channels: int) -> LogisticMixture:
        """From a decoder's output (B, K width, H, W), where width is :func:`parameters_per_component`."""
        batch, _, height, width = output.shape
        fields = output.float().contiguous().view(batch, -1, parameters_per_component(channels), height, width)
        log_scales = fields[:, :, 1 + channels : 1 + 2 * channels].clamp(min=LEAST_LOG_SCALE)
        couplings = torch.tanh(fields[:, :, 1 + 2 * channels :])
        return cls(fields[:, :, 0], fields[:, :, 1 : 1 + channels], log_scales, couplings)

    @classmethod
    def single(cls, means: Tensor, log_scales: Tensor) -> LogisticMixture:
        """One logistic a pixel and channel, uncoupled: means (B, C, H, W), scales (C,) the same at every pixel.

        A decoder that cannot call single pixels uncertain has to be told of them by its latents.
        """
        batch, channels, height, width = means.shape
        scales = log_scales.clamp(min=LEAST_LOG_SCALE)[:, None, None].expand_as(means)
        couplings = means.new_zeros(batch, 1, channels * (channels - 1) // 2, height, width)
        return cls(means.new_zeros(batch, 1, height, width), means[:, None], scales[:, None], couplings)

    def log_likelihood(self, pictures: Tensor) -> Tensor:
        """See :class:`Pixels`."""
        values = (2 * pictures - 1).unsqueeze(1)  # (B, 1, C, H, W)
        joint = discretised_logistic(values, self._coupled(values), self.log_scales).sum(2)
        return torch.logsumexp(joint + self.weights.log_softmax(1), 1)

    def mean(self) -> Tensor:
        """See :class:`Pixels`; the tails beyond black and white are not cut."""
        means = self._expected()
        return _to_pictures((self.weights.softmax(1).unsqueeze(2) * means).sum(1))

    def likeliest(self) -> Tensor:
        """See :class:`Pixels`."""
        return _to_pictures(_component(self._expected(), self.weights.argmax(1)))

    def sample(self, generator: Generator, temperature: float = 1.0) -> Tensor:
        """See :class:`Pixels`; the component is drawn at temperature 1."""
        uniform = torch.rand(self.weights.shape, generator=generator).to(self.weights)
        chosen = (self.weights - (-uniform.clamp(1e-7, 1 - 1e-7).log()).log()).argmax(1)  # Gumbel maximum
        means, couplings = _component(self.means, chosen), _component(self.couplings, chosen)
        spread = _component(self.log_scales, chosen).exp() * temperature
        noise = spread * logistic_noise(means.shape, generator, means)
        drawn: list[Tensor] = []
        for channel in range(means.shape[1]):
            shift = sum((couplings[:, _place(channel, j)] * drawn[j] for j in range(channel)), means[:, channel])
            bins = ((shift + noise[:, channel] + 1) * 127.5).round().clamp(0, 255)
            drawn.append(bins / 127.5 - 1)
        return _to_pictures(torch.stack(drawn, 1))

    def _coupled(self, values: Tensor) -> Tensor:
        """The means, given the values of the channels before."""
        channels = [self.means[:, :, 0]]
        for channel in range(1, self.means.shape[2]):
            shift = [self.couplings[:, :, _place(channel, j)] * values[:, :, j] for j in range(channel)]
            channels.append(self.means[:, :, channel] + sum(shift[1:], shift[0]))
        return torch.stack(channels, 2)

    def _expected(self) -> Tensor:
        """The mean of every component, couplings worked in, (B, K, C, H, W)."""
        channels: list[Tensor] = []
        for channel in range(self.means.shape[2]):
            shift = [self.couplings[:, :, _place(channel, j)] * channels[j] for j in range(channel)]
            channels.append(sum(shift, self.means[:, :, channel]))
        return torch.stack(channels, 2)


def parameters_per_component(channels: int) -> int:
    """Numbers a pixel for one logistic: weight, means, scales, couplings."""
    return 1 + 2 * channels + channels * (channels - 1) // 2


def discretised_logistic(values: Tensor, means: Tensor, log_scales: Tensor) -> Tensor:
    """Log-probability of values on the grid of 256 in [-1, 1].

    With a and b the scaled edges of a value's bin, sigmoid(a) - sigmoid(b) = sigmoid(a) sigmoid(-b) (1 - exp(b - a)),
    which loses nothing far out in the tails.
    """
    inverse = torch.exp(-log_scales)
    centre = (values - means) * inverse
    half = HALF_BIN * inverse
    width = torch.log(-torch.expm1(-2 * half))
    below = torch.where(values > 1 - HALF_BIN, 0.0, functional.logsigmoid(centre + half))
    above = torch.where(values < HALF_BIN - 1, 0.0, functional.logsigmoid(half - centre))
    inside = values.abs() < 1 - HALF_BIN
    return below + above + torch.where(inside, width, 0.0)


def logistic_noise(shape: torch.Size, generator: Generator, like: Tensor) -> Tensor:
    """Standard logistic numbers, drawn on the processor so that the seed means the same everywhere."""
    uniform = torch.rand(shape, generator=generator).clamp(1e-5, 1 - 1e-5)
    return torch.logit(uniform).to(like)


def _to_pictures(values: Tensor) -> Tensor:
    return ((values + 1) / 2).clamp(0, 1)


def _component(values: Tensor, chosen: Tensor) -> Tensor:
    """The chosen (B, H, W) component of values (B, K, N, H, W)."""
    index = chosen[:, None, None].expand(-1, -1, values.shape[2], -1, -1)
    return values.gather(1, index)[:, 0]


def _place(channel: int, before: int) -> int:
    """Where the coupling of a channel to one before it stands."""
    return channel * (channel - 1) // 2 + before
