"""The stacked training against plain modules, PyTorch's autograd and torch.optim.SGD in double precision."""

import copy

import pytest
import torch
from torch.nn.functional import cosine_similarity

from models.nets.simsiam import SimSiam, Sizes
from playground.tabs.collapse import direct
from playground.tabs.collapse.group import Group
from tests.tabs.collapse.trainings import asked

VARIANTS = (
    {},
    {"stop_gradient": False},
    {"predictor": "none", "stop_gradient": False},
    {"predictor": "linear", "batch_norm": "hidden"},
    {"predictor": "random"},
    {"predictor": "directpred", "batch_norm": "hidden"},
    {"batch_norm": "none", "learning_rate": 0.01},
    {"batch_norm": "predictor-output", "predictor_rate": 10.0, "predictor_decays": True},
    {"symmetric": False, "weight_decay": 0.01},
    {"alternation": 3},
    {"target": "byol", "predictor": "none", "target_momentum": 0.9},
    {"target": "byol", "stop_gradient": False},
    {"target": "unaugmented"},
    {"target": "unaugmented", "stop_gradient": False, "symmetric": False},
    {"dimension": 5, "layers": 1},
    {"dimension": 20, "layers": 3, "predictor": "linear", "stop_gradient": False},
)


def batches(count, shape=(8,), batch=16):
    return torch.randn(count, 3, batch, *shape, generator=torch.Generator().manual_seed(3), dtype=torch.float64)


def stacked(request, shape=(8,)):
    variants = request.variants()
    return Group(request, variants, Sizes(shape, variants[0].dimension, variants[0].layers), "cpu", torch.float64)


class Plain:
    """One variant, trained as anybody would in PyTorch."""

    def __init__(self, request, variant, shape=(8,)):
        sizes = Sizes(shape, variant.dimension, variant.layers)
        kinds = {"random": "mlp", "directpred": "none"}
        kind = kinds.get(variant.predictor, variant.predictor)
        self.request, self.variant = request, variant
        self.model = SimSiam(sizes, variant.batch_norm, kind, request.seed).double()
        self.average = copy.deepcopy(self.model)
        self.trunk = [*self.model.encoder.parameters(), *self.model.projector.parameters()]
        self.head = [] if variant.predictor == "random" else [*self.model.predictor.parameters()]
        self.moving = torch.zeros(1, variant.dimension, variant.dimension, dtype=torch.float64)
        common = {"lr": 0.0, "momentum": 0.9, "weight_decay": variant.weight_decay}
        self.optimisers = [torch.optim.SGD(part, **common) for part in (self.trunk, self.head) if part]

    def step(self, x, rates, with_encoder):
        """One step on the views and the clean inputs (3, B, *shape); the loss."""
        z = [self.model(view) for view in x]
        p = [self.predict(view, z[:2]) for view in z[:2]]
        goals = {"simsiam": (z[1], z[0]), "unaugmented": (z[2], z[2])}
        goals["byol"] = tuple(self.average(view).detach() for view in (x[1], x[0]))
        t = [goal.detach() if self.variant.stop_gradient else goal for goal in goals[self.variant.target]]
        one, two = (-cosine_similarity(a, b, dim=-1).mean() for a, b in zip(p, t, strict=True))
        loss = (one + two) / 2 if self.variant.symmetric else one
        for optimiser, rate in zip(self.optimisers, rates, strict=False):
            optimiser.zero_grad()
            optimiser.param_groups[0]["lr"] = rate
        loss.backward()
        for optimiser in self.optimisers if with_encoder else self.optimisers[1:]:
            optimiser.step()
        self.follow()
        return loss.item()

    def predict(self, z, views):
        if self.variant.predictor != "directpred":
            return self.model.predictor(z)
        if z is views[0]:
            self.moving = direct.correlation(self.moving, torch.cat(views).detach()[None])
        return z @ direct.weight(self.moving, self.variant.dimension)[0]

    @torch.no_grad()
    def follow(self):
        kept = self.variant.target_momentum
        for slow, fast in zip(self.average.parameters(), self.model.parameters(), strict=True):
            slow.copy_(slow * kept + fast * (1 - kept))


def rates_of(variant, step):
    """Encoder's and predictor's rate at batch 16 with a cosine over 2,000 steps."""
    decay = 0.5 * (1 + torch.cos(torch.tensor(torch.pi * step / 2000, dtype=torch.float64))).item()
    base = variant.learning_rate * 16 / 256
    return base * decay, base * variant.predictor_rate * (decay if variant.predictor_decays else 1)


def compare(variant, shape=(8,), steps=5):
    request = asked(variant)
    group, plain = stacked(request, shape), Plain(request, request.variants()[0], shape)
    for step, x in enumerate(batches(steps, shape)):
        group.learn(x if group.target == "unaugmented" else x[:2])
        group.move(step)
        due = (step + 1) % plain.variant.alternation == 0
        loss = plain.step(x, rates_of(plain.variant, step), due)
        assert group.last.loss.item() == pytest.approx(loss, abs=1e-10)
    probe = batches(1, shape)[0, 0]
    torch.testing.assert_close(group.outputs(probe)[0], plain.model(probe).detach(), atol=1e-8, rtol=1e-8)


@pytest.mark.parametrize("variant", VARIANTS, ids=str)
def test_steps_of_the_stack_are_those_of_plain_modules(variant):
    compare(variant)


@pytest.mark.parametrize("variant", VARIANTS[:8:3], ids=str)
def test_steps_of_convolutional_ones_are_too(variant):
    compare(variant, (2, 8, 8), steps=3)


def gradients(*variants):
    """Gradients of two variants by trunk and by predictor."""
    group = stacked(asked(*variants))
    group.learn(batches(1)[0, :2])
    return group.stack.encoder.gradient, group.stack.mlp.gradient


def test_stop_gradient_blocks_exactly_the_path_through_the_target():
    """The full gradient less the blocked one is the gradient through the targets alone."""
    (stopped, full), (stopped_head, full_head) = gradients({}, {"stop_gradient": False})
    model = Plain(asked({}), asked({}).variants()[0]).model
    one, two = batches(1)[0, :2]
    z = [model(one), model(two)]
    p = [model.predictor(each).detach() for each in z]  # only the targets carry a gradient
    loss = -sum(cosine_similarity(a, b, dim=-1).mean() for a, b in zip(p, z[::-1], strict=True)) / 2
    loss.backward()
    group = stacked(asked({}))
    names = group.stack.encoder.views(full[None] - stopped[None])
    for part in ("encoder", "projector"):
        for number, layer in enumerate(getattr(model, part)):
            torch.testing.assert_close(names[f"{part}.{number}.weight"][0].T, layer.map.weight.grad)
    torch.testing.assert_close(stopped_head, full_head)


def test_without_predictor_the_stop_gradient_does_not_turn_the_gradient():
    stopped, full = gradients({"predictor": "none"}, {"predictor": "none", "stop_gradient": False})[0]
    torch.testing.assert_close(2 * stopped, full)


def test_what_a_mode_does_not_use_neither_moves_nor_decays():
    group = stacked(asked({"weight_decay": 0.1}, {"weight_decay": 0.1, "batch_norm": "none", "predictor": "none"}))
    first = group.state()
    group.learn(batches(1)[0, :2])
    group.move(0)
    after = group.state()
    assert (first["mlp"][0] != after["mlp"][0]).any()
    assert (first["mlp"][1] == after["mlp"][1]).all()
    assert (first["linear"] == after["linear"]).all()
    for slot, tensor in group.stack.encoder.views(torch.from_numpy(after["encoder"] - first["encoder"])).items():
        moved = tensor.flatten(1).any(1).tolist()
        expected = {"scale": [True, False], "shift": [True, False]}.get(slot.split(".")[-1], [True, True])
        if slot.endswith("bias"):
            expected = [False, True]
        assert moved == expected, slot


def test_the_columns_that_fill_up_the_output_stay_zero():
    group = stacked(asked({"dimension": 5, "stop_gradient": False}, {"dimension": 5, "predictor": "directpred"}))
    for step, x in enumerate(batches(4)):
        group.learn(x[:2])
        group.move(step)
    assert group.stack.encode(batches(1)[0, :2], group.modes)[..., 5:].abs().max() == 0


def test_the_gradient_norms_are_those_of_the_gradients():
    group = stacked(asked({}, {"predictor": "linear"}))
    group.learn(batches(1)[0, :2])
    torch.testing.assert_close(group.last.encoder_gradient, group.stack.encoder.gradient.square().sum(1).sqrt())
    torch.testing.assert_close(group.last.predictor_gradient[0], group.stack.mlp.gradient[0].norm())
    torch.testing.assert_close(group.last.predictor_gradient[1], group.stack.linear.gradient[1].norm())
