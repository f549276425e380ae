"""The panel's flows in Python: the same numbers from our own functions."""

from __future__ import annotations

from playground.tabs.collapse.dynamics.request import DynamicsRequest

NUMBERS = """\
import numpy as np

from playground.tabs.collapse.dynamics.runge_kutta import solve
from playground.tabs.collapse.dynamics.two_numbers import Toy

start = np.array([{phi}, {theta}])
for stop_gradient in (True, False):
    toy = Toy(stop_gradient, phi_rate={phi_rate}, theta_rate={theta_rate})
    *_, last = solve(lambda point: np.array(toy.flow(*point)), start, np.array([0, {time}]))
    print(last, toy.end({phi}, {theta}))
"""
EIGENVALUES = """\
import numpy as np

from playground.tabs.collapse.dynamics.fixed_points import fixed_points
from playground.tabs.collapse.dynamics.linear import Networks, Setting, flow
from playground.tabs.collapse.dynamics.modes import modes
from playground.tabs.collapse.dynamics.runge_kutta import solve

setting = Setting(
    predictor_rate={predictor_rate},
    weight_decay={weight_decay},
    variance={augmentation},
    target_rate={target_rate},
    predictor={predictor!r},
    stop_gradient={stop_gradient},
    symmetric={symmetric},
    epsilon={epsilon},
)
generator = np.random.default_rng({seed})
encoder = generator.normal(size=({dimension}, {dimension})) * {encoder_scale} / {dimension}**0.5
predictor = np.diag(generator.uniform(0, 2 * {predictor_scale}, {dimension}))
start = Networks(encoder, predictor, encoder).flat()
*_, last = solve(lambda state: flow(Networks.of(state), setting).flat(), start, np.array([0, {time}]))
found = modes(Networks.of(last), setting)
print(found.s, found.p, found.angles, sep="\\n")
print(fixed_points(setting, largest=found.s.max()))
"""


def snippet(request: DynamicsRequest) -> str:
    """A few lines that follow the flow that the request asks for."""
    values = request.model_dump()
    if request.exhibit == "numbers":
        return NUMBERS.format(**values)
    if not request.moving_average:
        values["target_rate"] = None
    return EIGENVALUES.format(**values)
