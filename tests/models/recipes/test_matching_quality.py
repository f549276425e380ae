import gzip
import json
from pathlib import Path

import pytest
import torch

from models.recipes import matching_command, matching_quality
from models.recipes.card import figures_row, render_card
from models.recipes.matching_command import Family
from models.recipes.matching_training import Plan, Scored
from models.recipes.shipping import measured_on, write_json
from models.recipes.simcse_training import sentences
from tests.tiny_adapters import write_adapter
from tests.tiny_masked_lm import tiny_bert

SENTENCES = ["it was good", "it was bad", "a great film", "the plot was boring", "it is fun", "just in all"]
ROWS = [{"a": SENTENCES[i % 6], "b": SENTENCES[(i * i + 1) % 6], "label": float(i % 6)} for i in range(40)]
PLANS = {name: Plan(f"tiny-{name}-en", 1, 1e-3, 1) for name in ("cosent", "cross", "simcse")}


def new_base() -> tuple[torch.nn.Module, object]:
    loaded = tiny_bert()
    return loaded.model, loaded.tokenizer


FAMILY = Family("en", PLANS, new_base)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Data in data, and a zoo of its own in zoo."""
    monkeypatch.setenv("WHYBOX_TRAIN_DIR", str(tmp_path / "states"))
    for module in (matching_command, matching_quality):
        monkeypatch.setattr(module, "ZOO", tmp_path / "zoo")
    for language in ("en", "zh"):
        pairs = tmp_path / "data" / "pairs" / f"stsb-{language}"
        pairs.mkdir(parents=True)
        for part in ("train", "dev", "test"):
            with gzip.open(pairs / f"{part}.jsonl.gz", "wt", encoding="utf-8") as file:
                file.write("\n".join(map(json.dumps, ROWS)) + "\n")
    text = tmp_path / "data" / "text" / "modern-zh"
    text.mkdir(parents=True)
    with gzip.open(text / "train.txt.gz", "wt", encoding="utf-8") as file:
        file.write("\n".join(SENTENCES * 12) + "\n")
    return tmp_path


def test_every_way_to_train_ends_in_a_folder_whose_scores_can_be_measured(folder: Path) -> None:
    pairs = [Scored(row["a"], row["b"], row["label"] / 5) for row in ROWS]  # type: ignore[arg-type, operator]
    for method in ("cosent", "cross", "simcse"):
        matching_command.train_method(FAMILY, method, folder / "data")
        matching_command.export(FAMILY, method, folder / "zoo")
        found = matching_quality.figures({"seen": pairs}, matching_quality.scores_of(FAMILY, method))
        assert found["seen"]["pairs"] == 40
        assert -1 <= found["seen"]["spearman"] <= 1


def test_whitened_vectors_have_the_unit_matrix_as_covariance() -> None:
    vectors = torch.randn(200, 5, generator=torch.Generator().manual_seed(1)) @ torch.diag(torch.arange(1.0, 6.0)) + 3
    mean, turn = matching_quality.whitening(vectors)
    torch.testing.assert_close(((vectors - mean) @ turn).T.cov(), torch.eye(5), atol=1e-4, rtol=0)


def test_the_base_is_measured_as_it_is_and_a_chinese_one_whitened_too(folder: Path) -> None:
    sets = {"test": [Scored(row["a"], row["b"], row["label"] / 5) for row in ROWS]}  # type: ignore[arg-type, operator]
    chinese = Family("zh", PLANS, new_base)
    assert list(matching_quality.baselines(FAMILY, sets, folder / "data")) == ["base, untouched"]
    found = matching_quality.baselines(chinese, sets, folder / "data")
    assert found["base, untouched"]["test"] != found["base, whitened"]["test"]


def test_sentences_that_are_too_short_or_cut_are_not_read() -> None:
    assert sentences(["太短", "这一句不长也不短", "长" * 64]) == ["这一句不长也不短"]


@pytest.mark.parametrize("name", ["minilm-cosent-en", "minilm-cross-en", "bert-small-simcse-zh"])
def test_the_card_and_the_row_say_what_was_measured(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    write_adapter(folder, tiny_bert(), "zoo/base", "cross-encoder" if "cross" in name else "sentence-embedding")
    training = {"seed": 1, "epochs": 3, "best": 2, "rate": 5e-4, "core_minutes": 12.4, "machine": "2-core CPU"}
    write_json(folder / "training.json", training)
    sets = {"dev": {"pairs": 9, "spearman": 0.8612}, "test": {"pairs": 9, "spearman": 0.7}}
    write_json(folder / "measured.json", measured_on(folder) | {"sets": sets, "baselines": {"base, untouched": sets}})
    card = render_card(folder)
    assert "| 86.12 | 70.00 |" in card
    assert "| base, untouched | 86.12 | 70.00 |" in card
    assert "number 2 of 3 epochs" in card
    assert ("CoSENT adapter" in card) == ("cross" in name)
    assert figures_row(folder) == f"| `{name}` | 86.1 | 70.0 |"
