"""A mixture of Gaussians over codes, fitted after a training so that any autoencoder can be sampled.

Ghosh et al. 2020, arXiv 1903.12436: with ten components even a plain autoencoder gives good samples.
"""

from __future__ import annotations

import torch
from torch import Generator, Tensor, nn

MOST_ITERATIONS = 500


class GaussianMixture(nn.Module):
    """K components over d dimensions, kept as buffers: weights (K,), means (K, d), covariances' factors (K, d, d)."""

    weights: Tensor
    means: Tensor
    factors: Tensor

    def __init__(self, components: int, dimension: int) -> None:
        super().__init__()
        self.register_buffer("weights", torch.full((components,), 1 / components))
        self.register_buffer("means", torch.zeros(components, dimension))
        self.register_buffer("factors", torch.eye(dimension).repeat(components, 1, 1))

    @torch.no_grad()
    def fit(self, codes: Tensor, seed: int = 0, tolerance: float = 1e-3) -> None:
        """Take the mixture of the greatest likelihood that expectation maximisation finds for codes (n, d).

        It ends once an iteration gains less than the tolerance, in nats a code.
        """
        from sklearn import mixture  # takes a second to import, and only a fit needs it

        found = mixture.GaussianMixture(len(self.weights), tol=tolerance, max_iter=MOST_ITERATIONS, random_state=seed)
        found.fit(codes.double().numpy())
        self.weights.copy_(torch.from_numpy(found.weights_))
        self.means.copy_(torch.from_numpy(found.means_))
        self.factors.copy_(torch.linalg.cholesky(torch.from_numpy(found.covariances_)))

    def draw(self, count: int, generator: Generator) -> Tensor:
        """Codes (count, d) from the mixture."""
        chosen = torch.multinomial(self.weights, count, replacement=True, generator=generator)
        noise = torch.randn(count, self.means.shape[1], 1, generator=generator).to(self.means)
        return self.means[chosen] + (self.factors[chosen] @ noise).squeeze(2)
