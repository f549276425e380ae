import pytest

from playground.tabs.collapse.rates import cosine, encoder_rate, predictor_rate
from tests.tabs.collapse.trainings import asked


def test_rates_grow_in_proportion_to_the_batch():
    for batch, expected in ((256, 0.05), (512, 0.1), (64, 0.0125)):
        request = asked(batch=batch)
        assert encoder_rate(request, request.variants()[0], 0) == pytest.approx(expected)


def test_the_cosine_falls_from_one_to_zero_and_stays_there():
    assert [cosine(step, 100) for step in (0, 50, 100, 500)] == pytest.approx([1, 0.5, 0, 0])
    assert cosine(12345, 0) == 1


def test_the_predictors_rate_is_a_constant_multiple_unless_it_decays():
    request = asked({"predictor_rate": 10.0}, {"predictor_rate": 10.0, "predictor_decays": True}, batch=256)
    constant, decaying = request.variants()
    assert predictor_rate(request, constant, 1000) == pytest.approx(0.5)
    assert predictor_rate(request, decaying, 1000) == pytest.approx(0.25)
