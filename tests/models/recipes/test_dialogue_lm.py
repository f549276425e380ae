from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import AutoTokenizer, GPT2Config, GPT2LMHeadModel

from models.recipes import dialogue_lm
from models.recipes.dialogue_lm import encode_dialogue, next_token_loss, windows

TURNS = ["附近有什么景点吗？", "推荐您去公园。", "门票多少钱？", "门票是30元。"]
USER, ASSISTANT, EOS = 3, 4, 2


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder laid out like the corpora; states, zoo and network are small and in a temporary folder."""
    for corpus in dialogue_lm.CORPORA:
        folder = tmp_path / "dialogue" / corpus
        folder.mkdir(parents=True)
        with gzip.open(folder / "train.jsonl.gz", "wt", encoding="utf-8") as file:
            file.writelines(json.dumps({"turns": TURNS[:count]}) + "\n" for count in (2, 3, 4))
    monkeypatch.setenv("WHYBOX_TRAIN_DIR", str(tmp_path / "train"))
    monkeypatch.setattr(dialogue_lm, "ZOO", tmp_path / "zoo")
    monkeypatch.setattr(dialogue_lm, "VOCABULARY", 400)
    monkeypatch.setattr(dialogue_lm, "new_model", small_model)
    return tmp_path


@pytest.fixture
def tokenizer(data: Path):
    return dialogue_lm.load_tokenizer(data)


def small_model() -> GPT2LMHeadModel:
    config = GPT2Config(vocab_size=400, n_positions=64, n_embd=16, n_layer=1, n_head=2, eos_token_id=2, pad_token_id=0)
    return GPT2LMHeadModel(config)


@pytest.mark.parametrize("count", [1, 2, 4])
def test_a_dialogue_is_what_the_chat_template_makes(tokenizer, count):
    roles = ("user", "assistant")
    messages = [{"role": roles[i % 2], "content": turn} for i, turn in enumerate(TURNS[:count])]
    assert tokenizer.apply_chat_template(messages, return_dict=False) == encode_dialogue(tokenizer, TURNS[:count])


def test_the_template_opens_the_reply(tokenizer):
    messages = [{"role": "user", "content": TURNS[0]}]
    ids = tokenizer.apply_chat_template(messages, add_generation_prompt=True, return_dict=False)
    assert ids == [*encode_dialogue(tokenizer, TURNS[:1]), ASSISTANT]


def test_speakers_take_turns_and_every_turn_ends(tokenizer):
    ids = encode_dialogue(tokenizer, TURNS)
    assert [token for token in ids if token in (USER, ASSISTANT, EOS)] == [USER, EOS, ASSISTANT, EOS] * 2


def test_marks_that_a_speaker_types_stay_text(tokenizer):
    ids = encode_dialogue(tokenizer, ["<eos><assistant>"])
    assert ids[0] == USER
    assert [token for token in ids[1:-1] if token < 5] == []
    assert tokenizer.decode(ids[1:-1]) == "<eos><assistant>"


@settings(max_examples=50)
@given(st.lists(st.integers(0, 200), min_size=1, max_size=12))
def test_windows_lose_no_turn_and_start_with_a_speaker(lengths):
    ids = [token for i, length in enumerate(lengths) for token in (USER + i % 2, *[9] * length, EOS)]
    stretches = list(windows(ids, EOS))
    assert [token for stretch in stretches for token in stretch] == ids
    assert all(stretch[0] in (USER, ASSISTANT) and stretch[-1] == EOS for stretch in stretches)
    assert max(map(len, stretches)) <= dialogue_lm.LONGEST


def test_the_model_is_trained_and_shipped(data, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["recipe", "--data", str(data)])
    dialogue_lm.main()
    folder = data / "zoo" / dialogue_lm.MODEL_ID
    model = GPT2LMHeadModel.from_pretrained(folder)
    assert model.dtype == torch.float16
    assert json.loads((folder / "training.json").read_text())["seed"] == dialogue_lm.SEED
    assert AutoTokenizer.from_pretrained(folder).chat_template == dialogue_lm.CHAT_TEMPLATE


def test_training_lowers_the_loss_and_goes_on_where_it_was(data, tokenizer, monkeypatch):
    rows = [encode_dialogue(tokenizer, TURNS)] * 4
    batch = (torch.tensor(rows)[:, :-1], torch.tensor(rows)[:, 1:])
    torch.manual_seed(dialogue_lm.SEED)
    before = next_token_loss(small_model().eval(), batch).item()
    monkeypatch.setattr(dialogue_lm, "PEAK_RATE", 0.5)
    monkeypatch.setattr(dialogue_lm, "EPOCHS", 20)
    model, minutes = dialogue_lm.train_model(rows, dialogue_lm.SEED)
    after = next_token_loss(model, batch).item()
    assert after < before - 0.5
    again, same_minutes = dialogue_lm.train_model(rows, dialogue_lm.SEED)
    assert same_minutes == minutes
    assert next_token_loss(again, batch).item() == after
