"""Learning rates at a step: in proportion to the batch, along a cosine (Chen and He 2021, section 3 and table 1)."""

from __future__ import annotations

import math

from playground.tabs.collapse.request import CollapseRequest, Variant

RATE_BATCH = 256  # the batch at which rates are stated


def encoder_rate(request: CollapseRequest, variant: Variant, step: int) -> float:
    """The rate at which encoder and projector learn in the step after `step` steps."""
    return _base(request, variant) * cosine(step, request.cosine_steps)


def predictor_rate(request: CollapseRequest, variant: Variant, step: int) -> float:
    """The predictor's rate, which is constant unless it is told to decay."""
    decay = cosine(step, request.cosine_steps) if variant.predictor_decays else 1.0
    return _base(request, variant) * variant.predictor_rate * decay


def cosine(step: int, steps: int) -> float:
    """From 1 to 0 in so many steps, then 0; always 1 if they are none."""
    return (1 + math.cos(math.pi * min(step, steps) / steps)) / 2 if steps else 1.0


def _base(request: CollapseRequest, variant: Variant) -> float:
    return variant.learning_rate * request.batch / RATE_BATCH
