import csv
import io
import json

import pytest

from playground.tabs.decoding.why.trace import Trace, fold

COLUMNS = {
    "repetition": "model,sentence,control,repeat,log_probability,mean_probability,lowest,most_probable,p_eos",
    "bigram": "eos,level,repetition,row_maximum,never_stops",
    "bound": "epsilon,latest_greedy_stop,limit,reached",
}


@pytest.mark.parametrize("exhibit", COLUMNS)
def test_csv_and_json_hold_the_same_table(trace_of, exhibit):
    trace = trace_of(exhibit=exhibit)
    lines = list(csv.DictReader(io.StringIO(trace.to_csv().decode(), newline="")))
    rows = json.loads(trace.to_json())["rows"]
    assert ",".join(lines[0]) == COLUMNS[exhibit]
    assert [["" if value is None else str(value) for value in row.values()] for row in rows] == [
        list(line.values()) for line in lines
    ]


def test_the_probe_has_a_line_for_each_copy_and_series(trace_of):
    assert len(trace_of(repeats=4).rows()) == 4 * 6


def test_infinite_is_null_in_json(trace_of):
    answer = json.loads(trace_of(exhibit="bigram", k=1).to_json())
    assert answer["rows"][0]["repetition"] is None
    assert answer["chosen"]["plain"]["repetition"] is None
    assert [",", " and", " the", " other"] in answer["chosen"]["plain"]["cycles"]


def test_what_was_cut_stands_in_the_notes(trace_of):
    notes = trace_of(probed=("zoo/tiny-gpt2",), repeats=64).to_dict()["notes"]
    assert len(notes) == 1


def test_a_run_before_its_first_frame_is_empty():
    assert json.loads(Trace().to_json()) == {"rows": []}
    assert Trace().to_csv().strip() == b""


def test_folding_begins_with_nothing(frames_of):
    assert fold(None, frames_of(exhibit="bound")[0]).bound is not None
