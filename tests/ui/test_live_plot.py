"""LivePlot on the server: what is sent to the page."""

from __future__ import annotations

import json
import math

import numpy as np
import plotly.graph_objects as go
import pytest

from playground.ui.live_plot import LivePlot


@pytest.fixture
def plot() -> LivePlot:
    return LivePlot(render=False)


def test_a_figure_and_its_dict_are_sent_alike(plot: LivePlot) -> None:
    figure = go.Figure(go.Scatter(y=[1.0, 2.0]), layout={"height": 200})
    assert json.loads(plot.postprocess(figure) or "") == json.loads(plot.postprocess(figure.to_plotly_json()) or "")


def test_numbers_that_json_lacks_become_gaps(plot: LivePlot) -> None:
    sent = json.loads(plot.postprocess({"data": [{"y": [1.0, math.nan, math.inf]}]}) or "")
    assert sent["data"][0]["y"] == [1.0, None, None]


def test_arrays_are_sent_as_lists(plot: LivePlot) -> None:
    numbers = np.arange(6, dtype=np.float32)
    sent = json.loads(plot.postprocess({"data": [{"x": numbers, "y": numbers[::2], "z": numbers[1]}]}) or "")
    assert sent["data"][0] == {"x": [0, 1, 2, 3, 4, 5], "y": [0, 2, 4], "z": 1}


def test_nothing_is_sent_for_nothing(plot: LivePlot) -> None:
    assert plot.postprocess(None) is None


def test_the_schema_is_a_string(plot: LivePlot) -> None:
    assert plot.api_info() == {"type": "string"}


def test_the_template_does_not_hold_the_value() -> None:
    # a template that did would be rendered again at every update, and the plot with it
    assert "value" not in LivePlot(render=False).html_template
