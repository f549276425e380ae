"""One group of a training: variants of equal tensor shapes, which learn as one batched computation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from models.nets.simsiam import Sizes
from playground.tabs.collapse import direct, rates
from playground.tabs.collapse.modes import Modes
from playground.tabs.collapse.objective import negative_cosine
from playground.tabs.collapse.parameters import Parameters
from playground.tabs.collapse.request import CollapseRequest, Predictor, Variant
from playground.tabs.collapse.stack import Stack

Arrays = dict[str, npt.NDArray[np.float32]]


@dataclass
class Last:
    """What the last step saw: losses and gradient norms (K,), outputs (K, 2, B, d) of both views."""

    loss: Tensor
    encoder_gradient: Tensor
    predictor_gradient: Tensor
    outputs: Tensor


class Group:
    """K variants that have output dimension, projector layers and kind of target in common."""

    def __init__(
        self, request: CollapseRequest, variants: Sequence[Variant], sizes: Sizes, device: str, dtype: torch.dtype
    ) -> None:
        self.request, self.device, self.dtype = request, device, dtype
        self.target = variants[0].target
        self.stack = Stack(sizes, len(variants), request.seed, device, dtype)
        self.average = self.stack.encoder.values.clone()  # BYOL's target
        self.correlation = torch.zeros(len(variants), self.stack.width, self.stack.width, device=device, dtype=dtype)
        self.change(variants)
        nothing = torch.full((len(variants),), torch.nan, device=device, dtype=dtype)
        empty = torch.empty(len(variants), 2, 0, sizes.dimension, device=device, dtype=dtype)
        self.last = Last(nothing, nothing, nothing, empty)

    def change(self, variants: Sequence[Variant]) -> None:
        """Let the variants have other modes or rates from now on."""
        self.modes = Modes(variants, self.device)
        shares = [(0.5, 0.5) if variant.symmetric else (1.0, 0.0) for variant in variants]
        self._shares = torch.tensor(
            shares, device=self.device, dtype=self.dtype
        )  # of the two views in the loss, (K, 2)

    def outputs(self, x: Tensor) -> Tensor:
        """z (K, N, d) of inputs (N, *inputs), normalised by their own statistics."""
        with torch.no_grad():
            return self.stack.encode(x[None], self.modes)[:, 0, :, : self.stack.sizes.dimension]

    def learn(self, x: Tensor) -> None:
        """Losses and gradients of a batch (V, B, *inputs): two views, and the clean inputs for that target."""
        with torch.enable_grad():
            z = self.stack.encode(x, self.modes)
            views = z[:, :2]
            prediction = self.stack.predict(views, self.modes, self._direct(views.detach()))
            distances = negative_cosine(prediction, self._target(x, z))  # (K, 2)
            loss = (distances * self._shares).sum(1)
        self._differentiate(loss)
        self.last = Last(
            loss=loss.detach(),
            encoder_gradient=self.stack.encoder.gradient.norm(dim=1),
            predictor_gradient=self._predictor_gradient(),
            outputs=views.detach()[..., : self.stack.sizes.dimension],
        )

    def move(self, step: int) -> None:
        """Let everything learn that is to learn at this step, by the gradients of `learn`."""
        variants = self.modes.variants
        decays = self._column([variant.weight_decay for variant in variants])
        due = [(step + 1) % variant.alternation == 0 for variant in variants]
        speeds = self._column([rates.encoder_rate(self.request, variant, step) for variant in variants])
        self.stack.encoder.move(self.modes.uses(due), speeds, decays)
        speeds = self._column([rates.predictor_rate(self.request, variant, step) for variant in variants])
        for kind, parameters in self._learned().items():
            parameters.move(self.modes.uses(self.modes.learning(kind)), speeds, decays)
        self._follow()

    def finite(self) -> list[bool]:
        """Whether each variant's last loss and gradients are numbers to go on with."""
        predictor = self.last.predictor_gradient
        learned = [variant.predictor in ("mlp", "linear") for variant in self.modes.variants]
        found = (self.last.loss + self.last.encoder_gradient).isfinite().tolist()
        return [a and (b or not c) for a, b, c in zip(found, predictor.isfinite().tolist(), learned, strict=True)]

    def state(self) -> Arrays:
        """Everything that the next step depends on, and what the last one saw."""
        tensors = {**self._learned_tensors(), "average": self.average, "correlation": self.correlation}
        return {name: tensor.cpu().numpy().copy() for name, tensor in (tensors | vars(self.last)).items()}

    def restore(self, arrays: Arrays) -> None:
        """Go on from a state."""
        tensors = {name: torch.tensor(array, device=self.device) for name, array in arrays.items()}
        for name, tensor in self._learned_tensors().items():
            tensor.copy_(tensors[name])
        self.average, self.correlation = tensors["average"], tensors["correlation"]
        self.last = Last(**{field.name: tensors[field.name] for field in fields(Last)})

    def _learned_tensors(self) -> dict[str, Tensor]:
        """Values and momenta of all that is learned."""
        stack = self.stack
        sets = {"encoder": stack.encoder, "mlp": stack.mlp, "linear": stack.linear}
        values = {name: parameters.values for name, parameters in sets.items()}
        return values | {f"{name}.momentum": parameters.momentum for name, parameters in sets.items()}

    def _target(self, x: Tensor, z: Tensor) -> Tensor:
        """What each view is to predict, (K, 2, B, D); the gradient stops there where it should."""
        if self.target == "byol":
            with torch.no_grad():
                return self.stack.encode(x, self.modes, self.average).flip(1)
        target = z.flip(1) if self.target == "simsiam" else z[:, 2:].expand(-1, 2, -1, -1)
        return self.modes.stop.pick(target.detach(), target)

    def _direct(self, views: Tensor) -> Tensor:
        """DirectPred's weights (K, D, D), with this batch's correlations, which count once `move` is called."""
        self._moved = self.correlation
        if "directpred" not in self.modes.predictors:
            return self.correlation
        rows = self.modes.predictors["directpred"].rows
        moving = direct.correlation(self.correlation[rows], views[rows].flatten(1, 2))
        weights, self._moved = torch.zeros_like(self.correlation), self.correlation.clone()
        weights[rows], self._moved[rows] = direct.weight(moving, self.stack.sizes.dimension), moving
        return weights

    def _differentiate(self, loss: Tensor) -> None:
        """Gradients of all parameters by each variant's own loss."""
        used = [self.stack.encoder, *self._learned().values()]
        leaves = [leaf for parameters in used for leaf in parameters.leaves.values()]
        found = iter(torch.autograd.grad(loss.sum(), leaves, allow_unused=True))
        for parameters in used:
            parameters.collect({name: next(found) for name in parameters.leaves})

    def _learned(self) -> dict[Predictor, Parameters]:
        """The predictors that some variant learns, by kind."""
        kinds: dict[Predictor, Parameters] = {"mlp": self.stack.mlp, "linear": self.stack.linear}
        return {kind: parameters for kind, parameters in kinds.items() if kind in self.modes.predictors}

    def _predictor_gradient(self) -> Tensor:
        """Norms (K,) of the gradients of learned predictors, nan without one."""
        norms = torch.full_like(self.last.loss, torch.nan)
        for kind, parameters in self._learned().items():
            rows = self.modes.predictors[kind].rows
            norms[rows] = parameters.gradient[rows].norm(dim=1)
        return norms

    @torch.no_grad()
    def _follow(self) -> None:
        """Let BYOL's average follow the network, and keep DirectPred's correlations."""
        self.correlation = self._moved
        if self.target == "byol":
            kept = self._column([variant.target_momentum for variant in self.modes.variants])
            self.average = self.average * kept + self.stack.encoder.values * (1 - kept)

    def _column(self, values: Sequence[float]) -> Tensor:
        return torch.tensor(values, device=self.device, dtype=self.dtype)[:, None]
