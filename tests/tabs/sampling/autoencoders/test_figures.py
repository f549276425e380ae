import numpy as np
import pytest

from playground.tabs.sampling.autoencoders.figures import (
    curve_figure,
    curve_switch,
    histogram_figure,
    quantile_figure,
)
from playground.tabs.sampling.autoencoders.names import CURVES
from playground.tabs.sampling.autoencoders.view import View


def named(figure):
    return {line["name"]: line for line in figure["data"]}


def test_both_samplers_of_every_treatment_stand_beside_the_reference(run):
    view, request = run
    lines = named(curve_figure(view, request, "en"))
    assert list(lines) == [
        f"{name}, {sampler}" for name in ("AE", "AE+BN", "EAE") for sampler in ("N(0, I)", "GMM")
    ] + ["test pictures"]
    assert lines["EAE, GMM"]["x"] == [0, 10, 20]
    assert lines["EAE, GMM"]["y"] == pytest.approx([float(frame.frechet[2, 2]) for frame in view.frames], rel=1e-3)
    assert lines["test pictures"]["y"] == pytest.approx([view.start.reference] * 2, rel=1e-3)


@pytest.mark.parametrize("curve", [curve for curve in CURVES if curve != "frechet"])
def test_other_curves_have_one_line_a_treatment(run, curve):
    view, request = run
    lines = named(curve_figure(view, request.with_(curve=curve), "en"))
    assert set(lines) - {"N(0, I)"} == {"AE", "AE+BN", "EAE"}
    found = [None if value is None else pytest.approx(value, rel=1e-3) for value in lines["AE"]["y"]]
    expected = [float(getattr(frame, curve)[0]) for frame in view.frames]
    assert found == [None if np.isnan(value) else value for value in expected]


def test_an_earlier_moment_is_marked(run):
    view, request = run
    assert curve_figure(view, request, "en")["layout"]["shapes"] == []
    assert [shape["x0"] for shape in curve_figure(view, request.with_(moment=500), "en")["layout"]["shapes"]] == [10]


@pytest.mark.parametrize("figure", [histogram_figure, quantile_figure])
def test_the_codes_stand_beside_the_normal(run, figure):
    view, request = run
    assert list(named(figure(view, request, "en"))) == ["AE", "AE+BN", "EAE", "N(0, 1)"]
    assert list(named(figure(View(), request, "en"))) == ["N(0, 1)"]


def test_each_curve_has_a_button(run):
    html = curve_switch(run[1], "en")
    assert html.count("<button") == len(CURVES)
    assert html.count('aria-pressed="true"') == 1
