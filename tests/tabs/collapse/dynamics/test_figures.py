import json
import math

import orjson
import pytest

from playground.tabs.collapse.dynamics.figures import figures
from playground.tabs.collapse.dynamics.request import DynamicsRequest
from playground.tabs.collapse.dynamics.spectrum_figures import learnt
from playground.tabs.collapse.dynamics.tab import PRESETS
from playground.tabs.collapse.dynamics.trace import Trace
from playground.ui.translations import catalogue

LIMIT = 100_000  # bytes of a frame over the wire


def drawn(trace_of, language="en", until=None, **fields):
    return figures(trace_of(until=until, **fields), DynamicsRequest(**fields), language)


def named(figure, name):
    (trace,) = (each for each in figure["data"] if each.get("name") == name)
    return trace


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.title)
def test_every_exhibit_draws_four_plots_in_plain_json_small_enough_to_stream(trace_of, preset):
    plots = drawn(trace_of, **preset.request.model_dump())
    assert len(plots) == 4
    assert len(json.dumps(plots, allow_nan=False)) < 1.5 * LIMIT
    assert len(orjson.dumps(plots)) < LIMIT


@pytest.mark.parametrize("exhibit", ["numbers", "eigenvalues"])
def test_nothing_yet_draws_empty_plots_with_their_titles(exhibit):
    plots = figures(Trace(), DynamicsRequest(exhibit=exhibit), "en")
    assert [all(each["x"] == [] for each in plot["data"]) for plot in plots] == [True] * 4
    assert all(plot["layout"]["meta"]["title"] for plot in plots)


def test_the_plane_shows_the_way_and_the_exact_end(trace_of):
    with_stop, without = drawn(trace_of)[:2]
    for plane, end in ((with_stop, (1, math.sqrt(0.65))), (without, (1 - math.sqrt(0.15), 0))):
        way, begin, now, exact = plane["data"][-4:]
        assert (begin["x"], begin["y"]) == ([0.6], [0.1])
        assert (exact["x"][0], exact["y"][0]) == pytest.approx(end, abs=1e-4)
        assert (now["x"][0], now["y"][0]) == pytest.approx(end, abs=1e-3)
        assert way["x"][-1] == now["x"][0]


def test_only_with_stop_gradient_collapse_repels(trace_of):
    words = [{note["text"] for note in plane["layout"]["annotations"]} for plane in drawn(trace_of)[:2]]
    assert [("repels" in said) for said in words] == [True, False]
    assert "attracts" in words[1]


def test_arrows_are_pairs_of_points_whose_second_bears_the_head(trace_of):
    arrows = next(each for each in drawn(trace_of, until=2)[0]["data"] if each.get("mode") == "lines+markers")
    assert len(arrows["x"]) % 3 == 0
    assert set(arrows["x"][2::3]) == {None}
    assert arrows["marker"]["size"][:3] == [0, 7, 0]


def test_the_loss_is_not_drawn_below_its_axis(trace_of):
    values = [y for line in drawn(trace_of)[3]["data"] for y in line["y"]]
    assert None in values
    assert min(y for y in values if y is not None) >= 1e-8


def test_collapsing_and_learnt_modes_have_colours_of_their_own(trace_of):
    trace = trace_of(exhibit="eigenvalues")
    kept = learnt(trace.spectra[-1])
    scatter = figures(trace, DynamicsRequest(exhibit="eigenvalues"), "en")[0]
    ways = {name: sum(y is None for y in named(scatter, name)["y"]) for name in ("learnt modes", "collapsing modes")}
    assert ways == {"learnt modes": sum(kept), "collapsing modes": len(kept) - sum(kept)}


def test_fixed_points_are_full_where_they_are_stable(trace_of):
    growth = drawn(trace_of, exhibit="eigenvalues", until=2)[1]
    assert len(named(growth, "stable")["x"]) == 2
    assert len(named(growth, "unstable")["x"]) == 1
    assert named(growth, "unstable")["marker"]["symbol"] == "diamond-open"
    assert named(growth, "unstable")["y"] == [0]


def test_the_useful_point_is_gone_beyond_the_bound(trace_of):
    growth = drawn(trace_of, exhibit="eigenvalues", until=2, weight_decay=0.3)[1]
    assert (named(growth, "stable")["x"], named(growth, "stable")["y"]) == ([0], [-0.3])
    assert all(each["name"] != "unstable" for each in growth["data"])


def test_without_stop_gradient_no_curve_is_drawn_that_modes_would_settle_on(trace_of):
    scatter = drawn(trace_of, exhibit="eigenvalues", until=2, stop_gradient=False)[0]
    assert named(scatter, "where modes settle")["x"] == []


@pytest.mark.parametrize("exhibit", ["numbers", "eigenvalues"])
def test_every_word_of_the_plots_is_translated(trace_of, exhibit):
    chinese = catalogue("zh")
    english, translated = (drawn(trace_of, language, exhibit=exhibit) for language in ("en", "zh"))
    for plot, other in zip(english, translated, strict=True):
        assert other["layout"]["meta"]["title"] == chinese[plot["layout"]["meta"]["title"]]
        names = zip(named_traces(plot), named_traces(other), strict=True)
        assert all(shown == chinese.get(name, shown) for name, shown in names)


def named_traces(plot):
    return [each["name"] for each in plot["data"] if each.get("name")]
