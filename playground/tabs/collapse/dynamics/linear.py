"""SimSiam with a linear encoder and a linear predictor, as gradient flow (Tian, Chen, Ganguli, ICML 2021, 2102.06810).

Features are W x, the predictor is W_p, and W_a is the target network. With X = I the covariance of the inputs and
X' = sigma^2 I that of the augmentation,

    W_p' = alpha_p (-W_p W (X + X') + W_a X) W^T - eta W_p
    W'   = W_p^T   (-W_p W (X + X') + W_a X)     - eta W
    W_a' = beta (W - W_a)

All matrices are (d, d).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from playground.tabs.collapse.dynamics.request import Predictor
from playground.tabs.collapse.dynamics.runge_kutta import Floats


@dataclass(frozen=True)
class Setting:
    """The constants of the flow.

    `target_rate` is beta; None means W_a = W. Without stop-gradient the target is always the network itself.
    With `symmetric`, W_p follows the symmetric part of its gradient.
    """

    predictor_rate: float = 1.0  # alpha_p
    weight_decay: float = 0.0  # eta
    variance: float = 0.0  # sigma^2
    target_rate: float | None = None
    predictor: Predictor = "learnt"
    stop_gradient: bool = True
    symmetric: bool = True
    epsilon: float = 0.1  # of DirectPred


@dataclass(frozen=True)
class Networks:
    """Encoder, predictor and target, (d, d) each."""

    encoder: Floats
    predictor: Floats
    target: Floats

    @classmethod
    def of(cls, flat: Floats) -> Networks:
        """The networks in an array (3, d, d)."""
        return cls(flat[0], flat[1], flat[2])

    def flat(self) -> Floats:
        """All three in one array (3, d, d)."""
        return np.stack([self.encoder, self.predictor, self.target])


def direct_predictor(features: Floats, epsilon: float) -> Floats:
    """DirectPred's W_p = U diag(p) U^T with p_j = sqrt(s_j) + epsilon max s, where F = U diag(s) U^T (d, d)."""
    s, u = np.linalg.eigh(features)
    s = np.maximum(s, 0.0)
    return np.asarray((u * (np.sqrt(s) + epsilon * s.max())) @ u.T)


def predictor_of(networks: Networks, setting: Setting) -> Floats:
    """The W_p that acts: learnt, set from the features, or the identity."""
    if setting.predictor == "learnt":
        return networks.predictor
    if setting.predictor == "none":
        return np.eye(len(networks.encoder))
    return direct_predictor(networks.encoder @ networks.encoder.T, setting.epsilon)


def flow(networks: Networks, setting: Setting) -> Networks:
    """The derivative in time of all three networks."""
    w, w_p = networks.encoder, predictor_of(networks, setting)
    moving = setting.target_rate is not None and setting.stop_gradient
    w_a = networks.target if moving else w
    spread = 1 + setting.variance
    pull = w_a - spread * (w_p @ w)  # what the predictor still misses, times the inputs' covariance
    encoder = w_p.T @ pull - setting.weight_decay * w
    if not setting.stop_gradient:
        encoder = encoder + w_p @ w - spread * w
    change = np.zeros_like(w)
    if setting.predictor == "learnt":
        gradient = pull @ w.T
        gradient = (gradient + gradient.T) / 2 if setting.symmetric else gradient
        change = setting.predictor_rate * gradient - setting.weight_decay * w_p
    target = setting.target_rate * (w - w_a) if moving and setting.target_rate is not None else encoder
    return Networks(encoder, change, target)


def loss(networks: Networks, setting: Setting) -> float:
    """Half the expected square distance of the prediction W_p W x_1 from the target W_a x_2."""
    w_p, w = predictor_of(networks, setting), networks.encoder
    w_a = networks.target if setting.target_rate is not None and setting.stop_gradient else w
    predicted, spread = w_p @ w, 1 + setting.variance
    return float((spread * (predicted**2).sum() + spread * (w_a**2).sum()) / 2 - (predicted * w_a).sum())


def target_size(networks: Networks, setting: Setting) -> float:
    """tau, how large the target is in the encoder's direction: W_a = tau W where they are parallel."""
    if setting.target_rate is None or not setting.stop_gradient:
        return 1.0
    size = float((networks.encoder**2).sum())
    return float((networks.target * networks.encoder).sum()) / size if size else 1.0
