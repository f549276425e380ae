from __future__ import annotations

import json
from types import SimpleNamespace

import numpy as np
import pytest

from playground.runtime.settings import settings
from playground.tabs.decoding.measure import prefixes as module
from playground.tabs.decoding.measure.prefixes import prefixes, random_tokens


@pytest.fixture
def loaded(family, tokenizer):
    return SimpleNamespace(model=family["zoo/tiny-vanilla"], tokenizer=tokenizer)


def test_held_out_prefixes_of_a_recurrent_model_are_the_storybooks(loaded, tokenizer):
    found, source = prefixes(loaded, "zoo/tiny-vanilla", "held-out", 3, 0, 512)
    texts = json.loads(module.STORYBOOKS.read_text("utf-8"))[:3]
    assert source == "held-out"
    assert found == tokenizer(texts).input_ids


def test_a_model_may_bring_its_own(loaded, tokenizer, tmp_path, monkeypatch):
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "prefixes.json").write_text('["the sea", "a b c"]')
    monkeypatch.setattr(module, "settings", lambda: settings().model_copy(update={"zoo_dir": tmp_path}))
    found, source = prefixes(loaded, "zoo/own", "held-out", 100, 0, 512)
    assert (found, source) == (tokenizer(["the sea", "a b c"]).input_ids, "held-out")


def test_without_held_out_prefixes_they_are_random(gpt2, tokenizer):
    loaded = SimpleNamespace(model=gpt2, tokenizer=tokenizer)
    found, source = prefixes(loaded, "zoo/tiny-gpt2", "held-out", 7, 0, 512)
    assert source == "random-token"
    assert list(map(len, found)) == [10] * 7


def test_random_prefixes_have_the_lengths_and_the_special_tokens_of_the_held_out(tokenizer):
    patterns = [[1, 10, 11, 12], [1, 20]]
    found = random_tokens(tokenizer, patterns, 5, 0)
    assert [len(prefix) for prefix in found] == [4, 2, 4, 2, 4]
    assert {prefix[0] for prefix in found} == {1}
    assert not set(tokenizer.all_special_ids) & {token for prefix in found for token in prefix[1:]}


def test_random_tokens_are_uniform_over_the_ordinary_ones(tokenizer):
    drawn = np.concatenate(random_tokens(tokenizer, [], 6000, 1))
    counts = np.bincount(drawn, minlength=len(tokenizer))
    ordinary = [id for id in range(len(tokenizer)) if id not in tokenizer.all_special_ids]
    expected = len(drawn) / len(ordinary)
    chi_square = ((counts[ordinary] - expected) ** 2 / expected).sum()
    freedom = len(ordinary) - 1
    assert abs(chi_square - freedom) < 4 * (2 * freedom) ** 0.5
    assert counts.sum() == counts[ordinary].sum()


def test_the_seed_decides_the_random_prefixes(tokenizer):
    one, again, other = (random_tokens(tokenizer, [], 3, seed) for seed in (1, 1, 2))
    assert one == again != other
