"""Every shipped model can be used as its card says, and its figures belong to the file that ships."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
import torch
from transformers import AutoTokenizer

from models.nets.rnn_lm import RecurrentLM
from models.recipes import measure
from models.recipes.card import render_card
from models.recipes.storybooks_rnn import CONTEXT_LENGTH, IDS

ZOO = Path(__file__).resolve().parents[2] / "models" / "zoo"
FOLDERS = sorted(folder for folder in ZOO.iterdir() if folder.is_dir())


@pytest.fixture(params=FOLDERS, ids=[folder.name for folder in FOLDERS])
def folder(request: pytest.FixtureRequest) -> Path:
    return request.param


def test_all_models_of_the_recipe_ship():
    assert {folder.name for folder in FOLDERS} >= set(IDS)


def test_the_figures_were_taken_on_the_shipped_file(folder):
    measured = json.loads((folder / "measured.json").read_text(encoding="utf-8"))
    assert measured["weights_sha256"] == hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()


def test_the_card_is_the_one_that_its_files_give(folder):
    assert (folder / "README.md").read_text(encoding="utf-8") == render_card(folder)


def test_the_tokenizer_reads_the_prefixes_as_ten_tokens_after_bos(folder):
    tokenizer = AutoTokenizer.from_pretrained(folder)
    prefixes = json.loads(measure.PREFIXES.read_text(encoding="utf-8"))
    assert len(set(prefixes)) == measure.PREFIX_COUNT
    assert {len(ids) for ids in tokenizer(prefixes).input_ids} == {CONTEXT_LENGTH}


@torch.inference_mode()
def test_the_model_predicts_the_tenth_token_of_a_prefix_far_better_than_chance(folder):
    tokenizer, model = AutoTokenizer.from_pretrained(folder), RecurrentLM.from_pretrained(folder, dtype=torch.float32)
    ids = torch.tensor(tokenizer(json.loads(measure.PREFIXES.read_text(encoding="utf-8"))[:200]).input_ids)
    log_p = model(ids[:, :-1], context_length=1).logits[:, -1].log_softmax(dim=-1)
    assert log_p.gather(1, ids[:, -1:]).mean().neg().exp() < len(tokenizer) / 10
