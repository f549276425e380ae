"""The recipe from corpus to card, at a size that takes seconds."""

from __future__ import annotations

import json
import sys

import pytest
import torch
import yaml
from safetensors.torch import load_file

from models.nets.rnn_lm import RecurrentConfig, RecurrentLM
from models.recipes import measure, storybooks_rnn
from models.recipes.card import render_card
from models.recipes.card_parts import count_parameters
from models.recipes.corpus import pad_batch
from models.recipes.storybooks_rnn import IDS, next_token_loss


@pytest.fixture
def small(tmp_path, monkeypatch, data):
    """The recipe with a small vocabulary, zoo and states in a temporary folder."""
    monkeypatch.setenv("WHYBOX_TRAIN_DIR", str(tmp_path / "train"))
    monkeypatch.setattr(storybooks_rnn, "VOCABULARY", 400)
    monkeypatch.setattr(storybooks_rnn, "RecurrentConfig", small_config)
    monkeypatch.setattr(storybooks_rnn, "ZOO", tmp_path / "zoo")
    monkeypatch.setattr(measure, "PREFIXES", tmp_path / "prefixes.json")
    monkeypatch.setattr(measure, "SEEDS", tmp_path / "seeds.json")
    monkeypatch.setattr(measure, "LIMIT", 20)

    def run(main, *arguments):
        monkeypatch.setattr(sys, "argv", ["recipe", *arguments, "--data", str(data)])
        main()
        return tmp_path / "zoo" / arguments[0]

    return run


def small_config(**options):
    return RecurrentConfig(vocab_size=400, hidden_size=16, **options)


@pytest.mark.parametrize("model_id", IDS)
def test_a_model_is_trained_measured_and_described(small, model_id):
    folder = small(storybooks_rnn.main, model_id)
    assert small(measure.main, model_id) == folder
    model = RecurrentLM.from_pretrained(folder, dtype=torch.float32)
    assert (model.config.cell, model.config.termination) == IDS[model_id]
    assert {tensor.dtype for tensor in load_file(folder / "model.safetensors").values()} == {torch.float16}
    card = (folder / "README.md").read_text(encoding="utf-8")
    about = yaml.safe_load(card.split("---\n")[1])["whybox"]
    assert about["parameters"] == count_parameters(folder / "model.safetensors")
    assert about["parameters"] == sum(parameter.numel() for parameter in model.parameters())
    assert (about["family"], about["termination"]) == tuple(model_id.rsplit("-", 1))
    measured = json.loads((folder / "measured.json").read_text(encoding="utf-8"))
    assert f"{measured['perplexity']:.2f}" in card
    assert all(f"| non-termination ratio, {name} |" in card for name in measured["non_termination"])


def test_all_models_of_a_family_start_from_the_same_base(small):
    folders = [small(storybooks_rnn.main, name) for name in ("rnn-tanh-vanilla", "rnn-tanh-st", "rnn-tanh-nmst")]
    training = [json.loads((folder / "training.json").read_text()) for folder in folders]
    assert len({record["core_minutes"]["base"] for record in training}) == 1


def test_another_seed_is_trained_and_measured_beside_the_zoo(small, tmp_path):
    for main in (storybooks_rnn.main, measure.main):
        small(main, "rnn-tanh-vanilla")
        small(main, "rnn-tanh-vanilla", "--seed", "7")
    table = json.loads((tmp_path / "seeds.json").read_text())["rnn-tanh-vanilla"]
    assert sorted(table) == ["2020", "7"]
    assert set(table["7"]["endless"]) == set(measure.DECODERS)
    assert [folder.name for folder in (tmp_path / "zoo").iterdir()] == ["rnn-tanh-vanilla"]
    shipped, other = (storybooks_rnn.folder_of("rnn-tanh-vanilla", seed) for seed in (storybooks_rnn.SEED, 7))
    assert json.loads((other / "training.json").read_text())["seed"] == 7
    weights = [load_file(folder / "model.safetensors") for folder in (shipped, other)]
    assert any(not torch.equal(tensor, weights[1][name]) for name, tensor in weights[0].items())
    assert measure.read_json(shipped / "measured.json")["perplexity"] == table["2020"]["perplexity"]


def test_the_loss_is_the_mean_over_the_tokens_after_the_context():
    torch.manual_seed(0)
    model = RecurrentLM(small_config(termination="nmst")).eval()
    rows = [[1, *torch.randint(3, 400, (n,)).tolist(), 2] for n in (14, 20)]
    inputs, labels = pad_batch(rows, storybooks_rnn.CONTEXT_LENGTH)
    log_p = model(inputs, context_length=storybooks_rnn.CONTEXT_LENGTH).logits.log_softmax(dim=-1)
    scored = [log_p[i, j, labels[i, j]] for i, j in (labels != -100).nonzero().tolist()]
    torch.testing.assert_close(next_token_loss(model, (inputs, labels)), -torch.stack(scored).mean())


def test_the_card_says_what_the_files_say(tmp_path):
    RecurrentLM(small_config(termination="st")).save_pretrained(tmp_path / "rnn-tanh-st")
    folder = tmp_path / "rnn-tanh-st"
    training = {"seed": 7, "core_minutes": {"base": 41.2, "extra": 9.6}, "epochs": [4, 1], "machine": "a small CPU"}
    ratio = {"endless": 0, "ratio": 0.0, "interval": [0.0, 0.0038], "seconds": 1.0}
    measured = {
        "date": "2026-01-02",
        "machine": "another CPU",
        "seed": 8,
        "perplexity": 99.994,
        "tokens": 12345,
        "paragraphs": 678,
        "limit": 1500,
        "prefixes": 1000,
        "non_termination": {"greedy": ratio},
    }
    for name, content in (("training", training), ("measured", measured)):
        (folder / f"{name}.json").write_text(json.dumps(content))
    card = render_card(folder)
    for words in ("41 core-minutes", "10 core-minutes", "seed 7", "a small CPU", "another CPU", "12,345", "99.99"):
        assert words in card
    assert "| non-termination ratio, greedy | 0.0% [0.0%, 0.4%] |" in card
    assert "ε = 0.001" in card
