import pytest

from playground.tabs.collapse.dynamics.cards import cards_html
from playground.tabs.collapse.dynamics.request import DynamicsRequest
from playground.tabs.collapse.dynamics.trace import Trace


def card(trace_of, language="en", **fields):
    return cards_html(trace_of(**fields), DynamicsRequest(**fields), language)


def test_integrated_and_exact_ends_stand_side_by_side(trace_of):
    html = card(trace_of)
    assert html.count("1.00000, 0.80623") == 2
    assert "0.61270, 0.00000" in html
    assert "With stop-gradient: the predictor fits (φ = 1)" in html
    assert "Without stop-gradient: collapse. θ goes to 0, where φ = 0.6127." in html
    assert "never gets there" not in html


def test_a_root_that_the_flow_never_reaches_is_named(trace_of):
    html = card(trace_of, phi=-0.6, theta=0.4)
    assert "With stop-gradient: collapse." in html
    assert "is 0.89443 here, but the flow with stop-gradient never gets there" in html


def test_a_time_that_is_too_short_says_so(trace_of):
    assert "With stop-gradient: after this time it is still" in card(trace_of, time=5)
    assert "still" not in card(trace_of)


def test_a_collapsed_start_needs_no_more_words(trace_of):
    html = card(trace_of, theta=0)
    assert "nothing moves it" in html
    assert "predictor fits" not in html


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "comes to rest at p = 0.7171"),
        ({"weight_decay": 0.3}, "η = 0.3 is not below τ²/(4(1 + σ²)) = 0.2083"),
        ({"stop_gradient": False}, "no mode can grow"),
        ({"predictor": "none"}, "every mode shrinks"),
        ({"predictor": "none", "stop_gradient": False}, "no mode can grow"),
        ({"predictor": "directpred"}, "DirectPred leaves a collapsed mode p = ε max s"),
    ],
)
def test_the_reason_is_what_was_asked_for(trace_of, fields, said):
    assert said in card(trace_of, exhibit="eigenvalues", **fields)


def test_fixed_points_are_told_with_their_stability(trace_of):
    html = card(trace_of, exhibit="eigenvalues")
    assert "p = 0 (stable), 0.1162 (unstable), 0.7171 (stable)" in html
    assert "11 / 12" in html


def test_where_every_mode_is_gone_there_is_no_angle(trace_of):
    assert "–" in card(trace_of, exhibit="eigenvalues", weight_decay=0.5)


def test_nothing_is_said_before_the_first_frame():
    assert cards_html(Trace(), DynamicsRequest(), "en") == ""
    assert cards_html(Trace(), DynamicsRequest(exhibit="eigenvalues"), "en") == ""


def test_the_card_speaks_chinese(trace_of):
    assert "坍缩" in card(trace_of, "zh")
    assert "不动点" in card(trace_of, "zh", exhibit="eigenvalues")
