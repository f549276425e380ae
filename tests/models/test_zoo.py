"""Every shipped model can be used as its card says, and its figures belong to the file that ships."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest
import torch
from transformers import AutoTokenizer

from models.nets.rnn_lm import RecurrentLM
from models.recipes import classical_seq2seq, dialogue_lm, dialogue_quality, measure, translation_quality
from models.recipes.card import render_card
from models.recipes.shipping import weights_file
from models.recipes.storybooks_rnn import CONTEXT_LENGTH, IDS, SEED

REPOSITORY = Path(__file__).resolve().parents[2]
ZOO = REPOSITORY / "models" / "zoo"
FOLDERS = sorted(folder for folder in ZOO.iterdir() if folder.is_dir())
NAMES = {folder.name for folder in FOLDERS}
SHIPPED = {  # models whose own prefixes ship with them, and how many
    classical_seq2seq.MODEL_ID: translation_quality.PREFIX_COUNT,
    dialogue_lm.MODEL_ID: dialogue_quality.HISTORY_COUNT,
}
RECURRENT = [folder for folder in FOLDERS if folder.name in IDS]
WITH_PREFIXES = [folder for folder in FOLDERS if folder.name in SHIPPED]


def each(folders: list[Path]) -> pytest.MarkDecorator:
    """Run a test for every folder, under its name."""
    return pytest.mark.parametrize("folder", folders, ids=[folder.name for folder in folders])


def read(file: Path) -> dict:
    return json.loads(file.read_text(encoding="utf-8"))


def test_all_models_of_the_recipes_ship():
    assert set(IDS) <= NAMES


@each(FOLDERS)
def test_the_figures_were_taken_on_the_shipped_file(folder):
    measured = read(folder / "measured.json")
    assert measured["weights_sha256"] == hashlib.sha256(weights_file(folder).read_bytes()).hexdigest()


@each(FOLDERS)
def test_the_card_is_the_one_that_its_files_give(folder):
    assert (folder / "README.md").read_text(encoding="utf-8") == render_card(folder)


@each([folder for folder in FOLDERS if folder.name not in IDS])
def test_the_code_in_the_card_runs(folder, monkeypatch, capsys):
    monkeypatch.chdir(REPOSITORY)
    (block,) = re.findall(r"```python\n(.*?)```", (folder / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    exec(compile(block, "README.md", "exec"), {})
    assert capsys.readouterr().out.strip()


def test_the_adapters_over_the_english_encoder_are_small_together():
    sizes = [file.stat().st_size for file in ZOO.glob("minilm-*-en/adapter_model.safetensors")]
    assert len(sizes) == 5
    assert sum(sizes) <= 12_000_000


@each(WITH_PREFIXES)
def test_the_prefixes_are_as_many_as_were_meant(folder):
    prefixes = read(folder / "prefixes.json")
    assert len(set(prefixes)) == len(prefixes) == SHIPPED[folder.name]


@each(WITH_PREFIXES)
def test_rare_characters_survive_the_tokenizer(folder):
    tokenizer = AutoTokenizer.from_pretrained(folder)
    assert tokenizer.decode(tokenizer("𠮷😀龘").input_ids, skip_special_tokens=True) == "𠮷😀龘"


@each(RECURRENT)
def test_the_table_of_seeds_holds_the_shipped_figures(folder):
    measured, row = read(folder / "measured.json"), read(measure.SEEDS)[folder.name][str(SEED)]
    assert row["perplexity"] == measured["perplexity"]
    assert row["endless"] == {name: ratio["endless"] for name, ratio in measured["non_termination"].items()}


@each(RECURRENT)
def test_the_tokenizer_reads_the_prefixes_as_ten_tokens_after_bos(folder):
    tokenizer = AutoTokenizer.from_pretrained(folder)
    prefixes = json.loads(measure.PREFIXES.read_text(encoding="utf-8"))
    assert len(set(prefixes)) == measure.PREFIX_COUNT
    assert {len(ids) for ids in tokenizer(prefixes).input_ids} == {CONTEXT_LENGTH}


@each(RECURRENT)
@torch.inference_mode()
def test_the_model_predicts_the_tenth_token_of_a_prefix_far_better_than_chance(folder):
    tokenizer, model = AutoTokenizer.from_pretrained(folder), RecurrentLM.from_pretrained(folder, dtype=torch.float32)
    ids = torch.tensor(tokenizer(json.loads(measure.PREFIXES.read_text(encoding="utf-8"))[:200]).input_ids)
    log_p = model(ids[:, :-1], context_length=1).logits[:, -1].log_softmax(dim=-1)
    assert log_p.gather(1, ids[:, -1:]).mean().neg().exp() < len(tokenizer) / 10
