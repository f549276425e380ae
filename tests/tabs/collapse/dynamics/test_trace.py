import csv
import io
import json

import pytest

from playground.runtime.contracts import Frame
from playground.tabs.collapse.dynamics.trace import Trace, fold


def test_two_numbers_are_a_row_for_each_moment_and_variant(trace_of):
    trace = trace_of(until=4)
    rows = trace.rows()
    assert len(rows) == 2 * len(trace.points) == 6
    assert rows[1] == {"time": 0, "variant": "without stop-gradient", "phi": 0.6, "theta": 0.1} | {
        "loss": pytest.approx(0.0008)
    }


def test_eigenvalues_are_a_row_for_each_moment_and_mode(trace_of):
    trace = trace_of(until=2, exhibit="eigenvalues", dimension=3)
    rows = trace.rows()
    times = [spectrum.time for spectrum in trace.spectra]
    assert [(row["time"], row["mode"]) for row in rows] == [(time, mode) for time in times for mode in (1, 2, 3)]
    assert rows[2]["p"] == trace.spectra[0].p[2]


def test_the_csv_holds_the_rows(trace_of):
    trace = trace_of(until=4)
    read = list(csv.DictReader(io.StringIO(trace.to_csv().decode())))
    assert [float(row["phi"]) for row in read] == [row["phi"] for row in trace.rows()]


def test_the_json_says_where_the_numbers_end_exactly(trace_of):
    answer = json.loads(trace_of(until=2).to_json())
    assert answer["ends"]["without stop-gradient"] == pytest.approx([0.61270, 0], abs=1e-5)


def test_the_json_holds_fixed_points_and_no_angle_of_modes_that_are_gone(trace_of):
    answer = json.loads(trace_of(exhibit="eigenvalues", weight_decay=0.4).to_json())
    assert answer["last"]["fixed_points"] == [{"p": 0, "s": 0, "stable": True}]
    assert answer["rows"][-1]["angle"] is None


def test_an_empty_trace_is_an_empty_table():
    assert Trace().to_csv().strip() == b""
    assert Trace().to_dict() == {"rows": []}


def test_a_plain_frame_changes_nothing():
    assert fold(None, Frame(0.5)) == Trace()
