import json
import math

import pytest

from playground.tabs.decoding.why.figures import figures
from playground.tabs.decoding.why.request import WhyRequest
from playground.tabs.decoding.why.trace import Trace

EXHIBITS = ("repetition", "bigram", "bound")


def drawn(trace, language="en", **fields):
    return figures(trace, WhyRequest(**fields), language)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("exhibit", EXHIBITS)
def test_every_exhibit_has_two_plots_before_and_after_its_run(trace_of, exhibit, language):
    for trace in (Trace(), trace_of(exhibit=exhibit)):
        plots = drawn(trace, language, exhibit=exhibit)
        assert len(plots) == 2
        assert "NaN" not in json.dumps(plots)
        assert "Infinity" not in json.dumps(plots)


def test_a_line_a_series_and_controls_are_dotted(trace_of):
    sentence, ending = drawn(trace_of(repeats=3))
    assert [line["line"]["dash"] for line in sentence["data"]] == ["solid", "dot"] * 3
    assert [len(line["y"]) for line in ending["data"]] == [3] * 6


def test_infinite_masses_are_triangles_above_all_lines(trace_of):
    mass, _ = drawn(trace_of(exhibit="bigram"), exhibit="bigram")
    marks = [line for line in mass["data"] if line.get("marker", {}).get("symbol", "").startswith("triangle")]
    assert len(marks) == 2  # <eos> kept has none
    highest = max(y for line in mass["data"] if line["mode"] == "lines" for y in line["y"] if y is not None)
    assert all(y > highest for line in marks for y in line["y"])


def test_the_chosen_cut_is_marked(trace_of):
    mass, never = drawn(trace_of(exhibit="bigram", k=7), exhibit="bigram", k=7)
    assert {plot["layout"]["shapes"][0]["x0"] for plot in (mass, never)} == {7}


def test_the_chosen_epsilon_is_marked_at_its_step(trace_of):
    latest, reached = drawn(trace_of(exhibit="bound", epsilon=0.0001), exhibit="bound", epsilon=0.0001)
    marks = [next(line for line in plot["data"] if line["name"] == "ε = 0.0001") for plot in (latest, reached)]
    assert marks[0]["y"] == [6932]
    assert marks[1]["y"] == [pytest.approx(1 - math.exp(1500 * math.log1p(-1e-4)))]


def test_another_exhibit_or_cut_does_not_keep_the_zoom(trace_of):
    settings = [{"exhibit": exhibit} for exhibit in EXHIBITS] + [{"exhibit": "bigram", "truncation": "nucleus"}]
    kept = [plot["layout"]["uirevision"] for fields in settings for plot in drawn(Trace(), **fields)]
    assert len(set(kept)) == len(kept)
