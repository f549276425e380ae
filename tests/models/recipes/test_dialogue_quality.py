from __future__ import annotations

import gzip
import json
import math
import sys
from pathlib import Path

import pytest
import torch
from transformers import GPT2Config, GPT2LMHeadModel

from models.recipes import dialogue_lm, dialogue_quality
from models.recipes.dialogue_lm import encode_dialogue
from models.recipes.dialogue_quality import (
    assistant_labels,
    choose_histories,
    distinct,
    encode_history,
    one_pass,
    perplexities,
    stepwise,
)
from playground.runtime.catalogue import read_entry

TURNS = ["附近有什么景点吗？", "推荐您去公园。", "门票多少钱？", "门票是30元。"]
USER, ASSISTANT, EOS = 3, 4, 2


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Very small corpora; states, zoo and network are small and in a temporary folder."""
    for corpus in dialogue_lm.CORPORA:
        folder = tmp_path / "dialogue" / corpus
        folder.mkdir(parents=True)
        for split in ("train", "dev", "test"):
            with gzip.open(folder / f"{split}.jsonl.gz", "wt", encoding="utf-8") as file:
                file.writelines(json.dumps({"turns": TURNS[:count]}) + "\n" for count in (2, 3, 4))
    monkeypatch.setenv("WHYBOX_TRAIN_DIR", str(tmp_path / "train"))
    monkeypatch.setattr(dialogue_lm, "VOCABULARY", 400)
    monkeypatch.setattr(dialogue_lm, "EPOCHS", 1)
    monkeypatch.setattr(dialogue_lm, "new_model", small_model)
    for module in (dialogue_lm, dialogue_quality):
        monkeypatch.setattr(module, "ZOO", tmp_path / "zoo")
    monkeypatch.setattr(dialogue_quality, "LIMIT", 12)
    monkeypatch.setattr(sys, "argv", ["recipe", "--data", str(tmp_path)])
    return tmp_path


@pytest.fixture
def tokenizer(data: Path):
    return dialogue_lm.load_tokenizer(data)


@pytest.fixture
def model() -> GPT2LMHeadModel:
    torch.manual_seed(0)
    return small_model().eval()


def small_model() -> GPT2LMHeadModel:
    config = GPT2Config(
        vocab_size=400, n_positions=128, n_embd=16, n_layer=1, n_head=2, bos_token_id=1, eos_token_id=2, pad_token_id=0
    )
    return GPT2LMHeadModel(config)


def test_the_shipped_file_is_measured_and_described(data):
    dialogue_lm.main()
    dialogue_quality.main()
    folder = data / "zoo" / dialogue_lm.MODEL_ID
    measured = json.loads((folder / "measured.json").read_text(encoding="utf-8"))
    assert measured["stepwise_error"] < 1e-3
    assert measured["prefixes"] == 2
    assert json.loads((folder / "prefixes.json").read_text(encoding="utf-8")) == [TURNS[0], "\n".join(TURNS[:3])]
    card = (folder / "README.md").read_text(encoding="utf-8")
    assert all(f"| non-termination ratio, {name} |" in card for name in dialogue_quality.DECODERS)
    entry = read_entry(folder, "zoo")
    assert (entry.task, entry.tags["family"], entry.tags["language"]) == ("causal-lm", "gpt2", "zh")
    assert entry.problem == ""


def test_a_history_ends_with_the_user_and_opens_the_reply(tokenizer):
    histories = choose_histories(tokenizer, [TURNS, TURNS[:2], ["你好", "您好", "再见"]], 10)
    assert all(len(turns) % 2 == 1 for turns in histories)
    assert len({tuple(turns) for turns in histories}) == len(histories) == 4
    assert encode_history(tokenizer, histories[0])[-1] == ASSISTANT


def test_histories_that_leave_no_room_are_left_out(tokenizer, monkeypatch):
    length = len(encode_history(tokenizer, TURNS[:1]))
    monkeypatch.setattr(dialogue_quality, "LONGEST", length)
    assert choose_histories(tokenizer, [TURNS], 10) == [TURNS[:1]]


def test_only_the_assistants_words_and_its_eos_are_kept():
    labels = torch.tensor(
        [[7, 8, EOS, ASSISTANT, 9, EOS, USER, 7, EOS, -100], [ASSISTANT, 9, EOS, USER, 7, *[-100] * 5]]
    )
    kept = [[token for token in row if token != -100] for row in assistant_labels(labels).tolist()]
    assert kept == [[9, EOS], [9, EOS]]


@torch.inference_mode()
def test_perplexity_is_that_of_each_dialogue_alone(model, tokenizer):
    rows = [encode_dialogue(tokenizer, TURNS[:count]) for count in (2, 4)]
    losses = [model(torch.tensor([row]), labels=torch.tensor([row])).loss.item() * (len(row) - 1) for row in rows]
    expected = math.exp(sum(losses) / sum(len(row) - 1 for row in rows))
    assert perplexities(model, rows)["all"] == pytest.approx(expected, rel=1e-3)


def test_a_replys_probability_in_one_pass_is_the_product_over_steps(model, tokenizer):
    history, reply = encode_history(tokenizer, TURNS[:1]), [*tokenizer(TURNS[1]).input_ids, EOS]
    assert one_pass(model, history, reply) == pytest.approx(stepwise(model, history, reply), abs=1e-4)


def test_distinct_counts_different_n_grams():
    assert distinct([[1, 2, 1, 2]], 1) == 0.5
    assert distinct([[1, 2, 1, 2]], 2) == pytest.approx(2 / 3)
    assert distinct([[1]], 2) == 0
