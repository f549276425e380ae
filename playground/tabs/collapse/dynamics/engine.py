"""The engine of the panel: one flow a run."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from playground.runtime.contracts import Context, Frame
from playground.tabs.collapse.dynamics.fixed_points import fixed_points, growth, largest_weight_decay, resting_curve
from playground.tabs.collapse.dynamics.frames import Plane, Point, Spectrum
from playground.tabs.collapse.dynamics.linear import Networks, Setting, flow, loss, target_size
from playground.tabs.collapse.dynamics.modes import Modes, commutator, modes
from playground.tabs.collapse.dynamics.plane import plane
from playground.tabs.collapse.dynamics.request import DynamicsRequest
from playground.tabs.collapse.dynamics.runge_kutta import Floats, solve
from playground.tabs.collapse.dynamics.two_numbers import Toy
from playground.tabs.collapse.dynamics.two_numbers import loss as toy_loss

VERSION = "1"
FRAMES: tuple[type[Frame], ...] = (Frame, Plane, Point, Spectrum)

MOMENTS = 40  # pictures after the first
CURVE_POINTS = 61
TOLERANCE = 1e-7  # of the matrices; the two numbers are followed more closely


def run(request: DynamicsRequest, context: Context) -> Iterator[Frame]:
    """Answer with the chosen flow; ends early when the run is cancelled."""
    exhibit = _numbers if request.exhibit == "numbers" else _eigenvalues
    for frame in exhibit(request):
        if context.cancelled:
            return
        yield frame


def _times(request: DynamicsRequest) -> Floats:
    """The moments that are shown, closer together at the start, where most happens."""
    return request.time * np.linspace(0, 1, MOMENTS + 1) ** 2


def _numbers(request: DynamicsRequest) -> Iterator[Frame]:
    """Both flows, integrated together: points (2, 2), a row with and a row without stop-gradient."""
    toys = [Toy(stop, request.phi_rate, request.theta_rate) for stop in (True, False)]
    first = plane(toys, request.phi, request.theta)
    yield first
    start = np.array([[request.phi, request.theta]] * 2)
    times = _times(request)

    def slope(points: Floats) -> Floats:
        return np.array([toy.flow(*point) for toy, point in zip(toys, points, strict=True)])

    for moment, points in enumerate(solve(slope, start, times)):
        invariant = np.array([toy.invariant(*point) for toy, point in zip(toys, points, strict=True)])
        yield Point(
            done=moment / MOMENTS,
            time=float(times[moment]),
            points=points,
            loss=toy_loss(points[:, 0], points[:, 1]),
            drift=np.abs(invariant - first.start_invariant),
        )


def setting_of(request: DynamicsRequest) -> Setting:
    """The constants of the matrix flow that a request asks for."""
    return Setting(
        predictor_rate=request.predictor_rate,
        weight_decay=request.weight_decay,
        variance=request.augmentation,
        target_rate=request.target_rate if request.moving_average else None,
        predictor=request.predictor,
        stop_gradient=request.stop_gradient,
        symmetric=request.symmetric,
        epsilon=request.epsilon,
    )


def start_of(request: DynamicsRequest) -> Networks:
    """Random matrices: a Gaussian encoder, and a predictor with eigenvalues between zero and twice their mean."""
    generator, d = np.random.default_rng(request.seed), request.dimension
    encoder = generator.normal(size=(d, d)) * request.encoder_scale / np.sqrt(d)
    left, _ = np.linalg.qr(generator.normal(size=(d, d)))
    values = generator.uniform(0, 2 * request.predictor_scale, d)
    right = left if request.symmetric else np.linalg.qr(generator.normal(size=(d, d)))[0]
    return Networks(encoder, (left * values) @ right.T, encoder)


def _eigenvalues(request: DynamicsRequest) -> Iterator[Frame]:
    setting, times, seen = setting_of(request), _times(request), None
    states = solve(lambda y: flow(Networks.of(y), setting).flat(), start_of(request).flat(), times, TOLERANCE)
    for moment, state in enumerate(states):
        networks = Networks.of(state)
        seen = modes(networks, setting, seen)
        yield _spectrum(networks, setting, seen, float(times[moment]), moment / MOMENTS)


def _spectrum(networks: Networks, setting: Setting, now: Modes, time: float, done: float) -> Spectrum:
    tau, largest = target_size(networks, setting), float(now.s.max())
    points = fixed_points(setting, tau, largest)
    growth_p = np.linspace(0, 1.15 * max(1.0, tau, float(now.p.max())), CURVE_POINTS)
    curve_s = largest * 1.1 * np.linspace(0, 1, CURVE_POINTS) ** 2
    curve_p = resting_curve(curve_s, setting, largest)
    return Spectrum(
        done=done,
        time=time,
        s=now.s,
        p=now.p,
        angles=now.angles,
        mode_growth=growth(now.p, setting, tau),
        tau=tau,
        norm=float(np.linalg.norm(networks.encoder)),
        loss=loss(networks, setting),
        commutator=commutator(networks, setting),
        largest_weight_decay=largest_weight_decay(setting, tau),
        fixed_p=np.array([point.p for point in points]),
        fixed_s=np.array([point.s for point in points]),
        fixed_slope=np.array([point.slope for point in points]),
        growth_p=growth_p,
        growth=growth(growth_p, setting, tau),
        curve_s=curve_s if curve_p is not None else np.zeros(0),
        curve_p=curve_p if curve_p is not None else np.zeros(0),
    )
