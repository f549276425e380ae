from __future__ import annotations

import json

import pytest

from playground.tabs.prompting.few_shot import record, recorded
from playground.tabs.prompting.few_shot.recorded import Entry, entries, recorded_for, recorded_note
from playground.tabs.prompting.few_shot.request import FewShotRequest
from tests.tabs.prompting.few_shot.fakes import Quiet, asked

GROUND = {"task": "mr", "model": "zoo/minilm-mlm-en", "tests": 1000, "updates": 30, "seconds": 2.0}
WHERE = {"date": "2026-01-31", "commit": "1a2b3c4", "machine": "2 CPU cores"}


def entry(method="pet", shots=4, accuracies=(0.6, 0.7)):
    return Entry(method=method, shots=shots, accuracies=accuracies, **GROUND, **WHERE)


@pytest.fixture(autouse=True)
def file(tmp_path, monkeypatch):
    path = tmp_path / "curves.json"
    monkeypatch.setattr(recorded, "RECORDED", path)
    entries.cache_clear()
    yield path
    entries.cache_clear()


def test_what_was_written_is_read_back_in_the_order_of_k(file):
    record.write([entry(shots=16), entry(shots=4)])
    assert recorded_for(FewShotRequest()) == {"pet": [entry(shots=4), entry(shots=16)]}


def test_a_new_measurement_takes_the_place_of_the_old_one_alone(file):
    record.write([entry(), entry("setfit")])
    record.write([entry(accuracies=(0.9, 0.9))])
    assert [(row["method"], row["accuracies"][0]) for row in json.loads(file.read_text())] == [
        ("pet", 0.9),
        ("setfit", 0.6),
    ]


def test_the_note_says_how_and_when_it_was_recorded(file):
    record.write([entry()])
    said = recorded_note(FewShotRequest(), "en")
    assert "zoo/minilm-mlm-en, 2 seeds, 1,000 test texts, 30 training steps; 2 CPU cores, 2026-01-31, 1a2b3c4" in said
    assert recorded_note(FewShotRequest(task="subj"), "en") == ""
    assert recorded_note(asked(), "en") == ""


def test_without_a_file_nothing_is_recorded(file):
    assert recorded_for(FewShotRequest()) == {}


def test_a_run_is_recorded_with_the_accuracy_of_every_seed(method, monkeypatch):
    monkeypatch.setattr(record, "Leases", Quiet)
    found = list(record.measured(asked("linear-probe", "pet", seeds=3)))
    assert [(each.method, each.shots, len(each.accuracies)) for each in found] == [
        ("pet", 2, 3),
        ("pet", 4, 3),
        ("linear-probe", 2, 3),
        ("linear-probe", 4, 3),
    ]
    assert {each.tests for each in found} == {8}
    assert len(found[0].commit) >= 7


def test_the_command_line_measures_method_after_method(file, monkeypatch):
    seen = []
    monkeypatch.setattr(record, "measured", lambda request: seen.append(request) or [entry(request.methods[0])])
    line = ["record", "--tasks", "mr", "--methods", "pet", "setfit", "--shots", "4", "--seeds", "2"]
    monkeypatch.setattr("sys.argv", line)
    record.main()
    assert [(request.methods, request.shots, request.seeds) for request in seen] == [
        (("pet",), (4,), 2),
        (("setfit",), (4,), 2),
    ]
    assert len(json.loads(file.read_text())) == 2
