import pytest
from pydantic import ValidationError

from playground.tabs.sampling.critic.request import FEATURES, CriticRequest


@pytest.mark.parametrize(
    "fields",
    [
        {"critics": ()},
        {"critics": ("lipschitz",)},
        {"batch": 1000},
        {"batch": float("nan")},
        {"dimension": 0},
        {"learning_rate": 1},
        {"epsilon": 0},
        {"steps": -1},
        {"steps": 10**6},
        {"data": "upload"},
        {"metric": "loss"},
    ],
    ids=str,
)
def test_what_is_out_of_bounds_is_refused(fields):
    with pytest.raises(ValidationError):
        CriticRequest(**fields)


def test_critics_stand_in_one_order_and_once_each():
    assert CriticRequest(critics=("spectral", "clipping")).critics == ("clipping", "spectral")
    assert CriticRequest(critics=("spectral", "spectral")).critics == ("spectral",)


def test_only_critics_of_digits_need_features():
    assert CriticRequest(data="digits").models() == (FEATURES,)
    assert CriticRequest().models() == CriticRequest(exhibit="batches", data="digits").models() == ()


def test_more_critics_take_longer():
    assert CriticRequest(critics=("penalty",)).estimate() < CriticRequest().estimate() < 2


def test_the_way_it_is_drawn_changes_no_run():
    assert CriticRequest(metric="share", moment=3, speed="slow").runs_like(CriticRequest())
