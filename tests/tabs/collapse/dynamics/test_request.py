import pytest
from pydantic import ValidationError

from playground.tabs.collapse.dynamics.request import DynamicsRequest


@pytest.mark.parametrize(
    "fields",
    [
        {"phi": 3},
        {"theta": float("nan")},
        {"phi_rate": 0},
        {"theta_rate": 1e9},
        {"time": 0},
        {"weight_decay": -0.1},
        {"augmentation": 1e9},
        {"predictor": "mlp"},
        {"dimension": 17},
        {"seed": -1},
        {"exhibit": "eigen"},
    ],
    ids=str,
)
def test_what_is_out_of_bounds_is_refused(fields):
    with pytest.raises(ValidationError):
        DynamicsRequest(**fields)


def test_a_run_takes_a_second_at_most():
    slowest = DynamicsRequest(exhibit="eigenvalues", time=200)
    assert DynamicsRequest().estimate() < slowest.estimate() < 2
    assert slowest.device_need() == "cpu"
    assert slowest.models() == ()
