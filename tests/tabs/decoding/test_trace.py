import csv
import io
import json
import tracemalloc

import numpy as np
import pytest

from playground.tabs.decoding.trace import Trace, fold
from tests.tabs.decoding.traces import row as row_of
from tests.tabs.decoding.traces import trace_of

DECODERS = ("greedy", "nucleus-0.2", "st", "floor-0.01")


@pytest.fixture(scope="module")
def frames(run):
    return run(decoders=DECODERS, prompt="the old man", length=50)


@pytest.fixture(scope="module")
def trace(frames):
    folded = None
    for frame in frames:
        folded = fold(folded, frame)
    return folded


def test_every_list_has_one_value_a_token(trace):
    lists = ("tokens", "texts", "p_model", "p_kept", "kept_size", "entropy", "p_eos", "eos_rank", "eos_cut", "bound")
    for row in trace.rows:
        assert {len(row[name]) for name in lists} == {len(row)} == {len(list(row.alternatives()))}


def test_the_end_agrees_with_what_was_streamed(frames, trace):
    end = frames[-1]
    for i, row in enumerate(trace.rows):
        assert len(row) == end.length[i]
        assert row.log_probability == pytest.approx(float(np.log(row["p_model"]).sum()), rel=1e-4)
        streamed = (row.loop.onset, row.loop.period, row.loop.copies) if row.loop else (0, 0, 0)
        assert streamed == (end.loop_onset[i], end.loop_period[i], end.loop_copies[i])
        assert row.certified_at == end.loop_certified_at[i]


def test_texts_join_to_the_continuation(trace):
    for row in trace.rows:
        if not row.text.endswith("\ufffd"):
            assert "".join(row["texts"]) == row.text


def test_an_unfinished_run_can_be_drawn_and_downloaded(frames):
    trace = Trace()
    for frame in frames[:5]:
        trace.fold(frame)
    assert not trace.finished
    assert 0 < trace.done < 1
    assert "running" in {row.status for row in trace.rows}
    assert json.loads(trace.to_json())["finished"] is False


def test_a_run_before_its_first_frame_is_empty():
    assert json.loads(Trace().to_json())["rows"] == []
    assert len(Trace().to_csv().splitlines()) == 1


def test_json_holds_every_row(trace):
    rows = json.loads(trace.to_json())["rows"]
    assert [row["decoder"] for row in rows] == list(DECODERS)
    assert [row["tokens"] for row in rows] == [list(row["tokens"]) for row in trace.rows]


def test_csv_has_one_line_a_token(trace):
    lines = list(csv.DictReader(io.StringIO(trace.to_csv().decode(), newline="")))
    assert len(lines) == sum(len(row) for row in trace.rows)
    assert [line["texts"] for line in lines if line["decoder"] == "greedy"] == trace.rows[0]["texts"]


BEAM = {"decoder": "beam-2", "parents": [-1, -1, 0, 1, 2, 3], "step": [0, 0, 1, 1, 2, 2]}


def test_a_search_shows_its_likeliest_hypothesis_until_it_says_which_is_best():
    searching = row_of(6, texts=list("abcdef"), score=[-1, -2, -2, -3, -9, -4], **BEAM)
    assert searching["texts"] == ["b", "d", "f"]
    assert searching["score"] == [-2, -3, -4]
    searching.head = 4
    assert searching["texts"] == ["a", "c", "e"]
    assert list(searching.path) == [0, 2, 4]


def test_a_search_takes_its_whole_tree_along():
    (downloaded,) = json.loads(trace_of(row_of(6, texts=list("abcdef"), **BEAM)).to_json())["rows"]
    assert downloaded["tree"]["parent"] == BEAM["parents"]
    assert downloaded["tree"]["texts"] == list("abcdef")
    assert "tree" not in json.loads(trace_of(row_of()).to_json())["rows"][0]


def test_a_search_without_a_token_is_empty():
    assert len(row_of(0, decoder="beam-2")) == 0


def test_sixteen_rows_of_1500_tokens_stay_below_ten_megabytes():
    tracemalloc.start()
    try:
        kept = trace_of(*(row_of(1500, decoder=f"top-k-{k}") for k in range(1, 17)))
        size, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(kept.rows) == 16
    assert size < 10e6
