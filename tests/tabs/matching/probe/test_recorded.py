import gzip
import json

import pytest

from playground.tabs.matching.methods import METHODS, method_of
from playground.tabs.matching.probe import record, recorded
from playground.tabs.matching.probe.recorded import Adversarial, Threshold
from playground.tabs.matching.probe.request import ALIKE_FROM

ABOUT = {"weights": "", "date": "2026-01-31", "commit": "1a2b3c4", "machine": "2 CPU cores"}


@pytest.fixture
def file(tmp_path, monkeypatch):
    path = tmp_path / "recorded.json"
    for module in (record, recorded):
        monkeypatch.setattr(module, "RECORDED", path)
    recorded.records.cache_clear()
    yield path
    recorded.records.cache_clear()


def threshold(method, value):
    return Threshold(method=method, language="en", alike_from=4.0, threshold=value, accuracy=0.9, **ABOUT)


def test_a_new_row_takes_the_place_of_the_old_one(file):
    for method, value in (("bm25", 0.1), ("ngrams", 0.2), ("bm25", 0.3)):
        record.write(threshold(method, value), None)
    kept = recorded.records()
    assert [row.method for row in kept.thresholds] == ["bm25", "ngrams"]
    assert kept.threshold("bm25", "en", 4.0) == threshold("bm25", 0.3)
    assert kept.threshold("bm25", "zh", 4.0) is None


def test_without_a_file_nothing_was_recorded(file):
    assert recorded.records() == recorded.Records()


def test_a_method_is_measured_on_paws_x_where_that_is_at_hand(file, tmp_path):
    rows = [{"a": "甲胜乙", "b": "乙输给甲", "label": 1}, {"a": "甲胜乙", "b": "乙胜甲", "label": 0}]
    path = tmp_path / record.PAWS_X["zh"]
    path.parent.mkdir(parents=True)
    path.write_bytes(gzip.compress("\n".join(json.dumps(row) for row in rows).encode()))
    found, adversarial = record.measured(method_of("ngrams"), "zh", tmp_path)
    assert found.alike_from == ALIKE_FROM
    assert isinstance(adversarial, Adversarial)
    assert (adversarial.pairs, adversarial.alike, adversarial.area) == (2, 0.5, 0)
    assert record.measured(method_of("ngrams"), "zh", None)[1] is None


def test_what_ships_is_of_known_methods_and_of_the_models_that_ship():
    recorded.records.cache_clear()
    known = {method.id: method for method in METHODS}
    rows = [*recorded.records().thresholds, *recorded.records().adversarial]
    assert rows
    assert all((row.weights == "") == (known[row.method].model is None) for row in rows)
    assert all(row.alike_from == ALIKE_FROM for row in recorded.records().thresholds)
