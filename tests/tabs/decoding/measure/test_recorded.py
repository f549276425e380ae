from __future__ import annotations

import json

import pytest

from playground.tabs.decoding.measure import record, recorded
from playground.tabs.decoding.measure.recorded import NMST_TABLE, recorded_html


@pytest.fixture
def file(tmp_path, monkeypatch):
    path = tmp_path / "measured.json"
    monkeypatch.setattr(recorded, "RECORDED", path)
    monkeypatch.setattr(record, "RECORDED", path)
    return path


def entry(seed, ratio):
    rows = [
        {"decoder": "greedy", "ratio": ratio, "prefixes": 1000},
        {"decoder": "floor-0.001", "ratio": 0.0, "prefixes": 1000},
    ]
    where = {"date": "2026-01-31", "commit": "1a2b3c4", "machine": "2 CPU cores", "limit": 1500}
    return {"model": "zoo/rnn-tanh-vanilla", "seed": seed, "rows": rows, **where}


def test_ours_stand_beside_the_published_as_another_corpus(file):
    file.write_text(json.dumps([entry(0, 0.86), entry(1, 0.88)]))
    html = recorded_html("en")
    assert "rnn-tanh-vanilla" in html
    assert "87.0% (86.0% – 88.0%)" in html
    assert "another corpus" in html
    assert "GPT-2 124M on WikiText-103" in html
    assert "sampling seeds: 2; 2 CPU cores, 2026-01-31, 1a2b3c4" in html


def test_decoders_that_only_one_side_has_are_left_open(file):
    file.write_text(json.dumps([entry(0, 0.86)]))
    rows = {part.split("<")[0]: part for part in recorded_html("en").split('data-label="decoder">')[1:]}
    assert rows["floor-0.001"].count("–") == 3
    assert rows["beam-4"].count("–") == 1


def test_without_a_record_the_published_stand_alone(file):
    html = recorded_html("en")
    assert all(name in html for name, *_ in NMST_TABLE)
    assert "sampling seeds" not in html


def test_recording_replaces_the_model_and_keeps_the_others(file, monkeypatch):
    other = entry(0, 0.5) | {"model": "zoo/other"}
    file.write_text(json.dumps([entry(0, 0.1), other]))
    monkeypatch.setattr("sys.argv", ["record", "--models", "zoo/rnn-tanh-vanilla"])
    monkeypatch.setattr(record, "_entries", lambda model, decoders, prefixes, seeds: iter([entry(3, 0.9)]))
    record.main()
    assert [(each["model"], each["seed"]) for each in json.loads(file.read_text())] == [
        ("zoo/other", 0),
        ("zoo/rnn-tanh-vanilla", 3),
    ]


def test_an_entry_says_what_was_measured_when_and_where(family, tokenizer, monkeypatch):
    from tests.tabs.decoding.measure.conftest import Context

    monkeypatch.setattr(record, "Leases", lambda: Context({"zoo/tiny-vanilla": family["zoo/tiny-vanilla"]}, tokenizer))
    monkeypatch.setattr(record, "LENGTH", 5)
    (found,) = record._entries("zoo/tiny-vanilla", ("greedy", "ancestral"), 100, [4])
    assert (found["seed"], found["limit"], found["survival"]) == (4, 5, [])
    assert [row["decoder"] for row in found["rows"]] == ["greedy", "ancestral"]
    assert len(found["commit"]) >= 7
