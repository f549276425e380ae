from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from playground.runtime.registry import registry
from playground.tabs.matching import record, reference
from playground.tabs.matching.methods import METHODS, method_of, methods_for
from playground.tabs.matching.pair_sets import Pair
from playground.tabs.matching.reference import Reference, entries, entry_name

PAIRS = tuple(
    Pair(a, b, label)
    for a, b, label in [
        ("a great film", "a good film", 4.2),
        ("a great film", "a great film", 5.0),
        ("a boring plot", "news of the world", 0.2),
        ("the film was awful", "the film was terrible", 4.0),
        ("summer", "a secret event", 1.0),
    ]
    * 3
)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "reference.json"
    monkeypatch.setattr(reference, "RECORDED", path)
    entries.cache_clear()
    yield path  # type: ignore[misc]
    entries.cache_clear()


def made(random: Any) -> Reference:
    return Reference(tuple(random), tuple(random), ((0.0, 1.0), (0.0, 5.0)))


def test_a_score_stands_where_it_stands_among_the_random_ones() -> None:
    known = made(np.linspace(-0.2, 0.8, 101))
    assert known.above_random(-0.3) == 0.0
    assert known.above_random(0.3) == pytest.approx(0.5)
    assert known.above_random(0.9) == 1.0


def test_the_share_is_the_empirical_one() -> None:
    scores = np.random.default_rng(0).normal(size=5_000)
    known = made(np.quantile(scores, reference.QUANTILES))
    for score in (-1.5, 0.0, 0.3, 2.0):
        assert known.above_random(score) == pytest.approx((scores < score).mean(), abs=0.005)


def test_a_score_that_most_random_pairs_have_stands_above_them() -> None:
    assert made([0.0] * 90 + [0.5] * 11).above_random(0.0) == pytest.approx(0.89)


def test_a_rating_lies_on_the_line_between_its_neighbours() -> None:
    assert made([0.0, 1.0]).rating(0.5) == 2.5


def test_ratings_rise_with_the_score_and_keep_their_mean() -> None:
    generator = np.random.default_rng(0)
    scores = generator.normal(size=400)
    at, ratings = record.rated(scores, scores + generator.normal(size=400))
    assert (np.diff(at) >= 0).all()
    assert (np.diff(ratings) >= 0).all()
    assert abs(np.interp(scores, at, ratings).mean() - scores.mean()) < 0.2


def test_a_method_is_recorded_with_its_weights(file: Path, context: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record, "registry", lambda: type("", (), {"fingerprint": lambda self, id: f"hash of {id}"})())
    for id in ("minilm", "bm25"):
        record.write(record.measured(context, method_of(id), "en", PAIRS))
    rows = json.loads(file.read_text())
    assert rows["minilm en"]["fingerprint"] == "hash of packaged/all-minilm-l6-v2"
    assert "fingerprint" not in rows["bm25 en"]
    known = reference.reference(method_of("minilm"), "en", "A")
    assert known is not None
    assert len(known.random) == len(known.alike) == 101
    assert known.alike[-1] == pytest.approx(1.0)


def test_a_conditional_method_has_an_entry_for_each_criterion() -> None:
    conditional = method_of("conditional-zh")
    assert entry_name(conditional, "zh", "A") != entry_name(conditional, "zh", "B")
    assert entry_name(method_of("cross-zh"), "zh", "A") == entry_name(method_of("cross-zh"), "zh", "B")


def test_without_a_file_nothing_is_known(file: Path) -> None:
    assert reference.reference(method_of("minilm"), "en", "A") is None


@pytest.mark.parametrize("name", sorted(entries()))
def test_what_ships_belongs_to_the_weights_that_ship(name: str) -> None:
    row = json.loads(reference.RECORDED.read_text("utf-8"))[name]
    method = method_of(name.split()[0])
    assert (method.model is None) == ("fingerprint" not in row)
    if method.model is not None:
        assert row["fingerprint"] == registry().fingerprint(method.model)


def test_what_ships_has_every_method_that_needs_no_training_here() -> None:
    packaged = {method.model for method in METHODS if method.model and method.model.startswith("packaged/")}
    for language in ("en", "zh"):
        names = {entry_name(method, language, "A") for method in methods_for(language, packaged)}
        assert names <= entries().keys()
