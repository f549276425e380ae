"""Normals as NVAE parameterises them: bounded means and deviations, and the posterior relative to the prior.

Vahdat and Kautz 2020, arXiv 2007.03898, section 3.2 (residual normal distributions) and appendix (bounds).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

BOUND = 5.0
LEAST_DEVIATION = 1e-2
LOG_ROOT_TAU = 0.5 * math.log(2 * math.pi)


def bounded(values: Tensor) -> Tensor:
    """Into (-5, 5), with slope 1 at 0."""
    return BOUND * torch.tanh(values / BOUND)


@dataclass(frozen=True)
class Normal:
    """Independent normals, of means and logarithms of deviations before their bounds; one shape for both."""

    raw_mean: Tensor
    raw_log_deviation: Tensor

    @property
    def mean(self) -> Tensor:
        """The bounded mean."""
        return bounded(self.raw_mean)

    @property
    def deviation(self) -> Tensor:
        """The standard deviation, at least 0.01."""
        return bounded(self.raw_log_deviation).exp() + LEAST_DEVIATION

    def moved(self, mean: Tensor, log_deviation: Tensor) -> Normal:
        """The residual normal: this one moved by relative parameters, which are added before the bounds."""
        return Normal(self.raw_mean + mean, self.raw_log_deviation + log_deviation)

    def at(self, noise: Tensor, temperature: float | Tensor = 1.0) -> Tensor:
        """The value that lies `noise` deviations, times the temperature, off the mean."""
        return self.mean + self.deviation * temperature * noise

    def noise_of(self, values: Tensor) -> Tensor:
        """How many deviations off the mean values lie."""
        return (values - self.mean) / self.deviation

    def log_density(self, values: Tensor) -> Tensor:
        """The log-density in nats of every coordinate."""
        return -0.5 * self.noise_of(values).square() - self.deviation.log() - LOG_ROOT_TAU


def kl_divergence(posterior: Normal, prior: Normal) -> Tensor:
    """KL(posterior, prior) in nats of every coordinate."""
    ratio = posterior.deviation / prior.deviation
    distance = prior.noise_of(posterior.mean)
    return 0.5 * (ratio.square() + distance.square() - 1) - ratio.log()
