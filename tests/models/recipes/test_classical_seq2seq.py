from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path

import pytest
import torch
from transformers import T5Config, T5ForConditionalGeneration

from models.recipes import classical_seq2seq
from models.recipes.classical_seq2seq import encode_pairs, new_model, rate_multiples, translation_loss
from models.recipes.corpus import pad_pairs

ROWS = [
    {"source": "学而时习之，不亦说乎？", "target": "学习并按时温习，不也高兴吗？", "book": "论语"},
    {"source": "有朋自远方来，不亦乐乎？", "target": "有朋友从远方来，不也快乐吗？", "book": "论语"},
]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder laid out like the corpus; states, zoo and network are small and in a temporary folder."""
    folder = tmp_path / "seq2seq" / "classical-modern"
    folder.mkdir(parents=True)
    with gzip.open(folder / "train.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in ROWS)
    monkeypatch.setenv("WHYBOX_TRAIN_DIR", str(tmp_path / "train"))
    monkeypatch.setattr(classical_seq2seq, "ZOO", tmp_path / "zoo")
    monkeypatch.setattr(classical_seq2seq, "VOCABULARY", 400)
    monkeypatch.setattr(classical_seq2seq, "STEPS", 40)
    monkeypatch.setattr(classical_seq2seq, "PEAK_RATE", 0.5)
    monkeypatch.setattr(classical_seq2seq, "new_model", small_model)
    return tmp_path


def small_model() -> T5ForConditionalGeneration:
    config = T5Config(
        vocab_size=400,
        d_model=16,
        d_kv=8,
        num_heads=2,
        d_ff=16,
        num_layers=1,
        feed_forward_proj="gated-gelu",
        dropout_rate=0.0,
        eos_token_id=2,
        decoder_start_token_id=1,
    )
    return T5ForConditionalGeneration(config)


def test_both_sides_of_a_pair_end_with_eos(data):
    pairs = encode_pairs(classical_seq2seq.load_tokenizer(data), ROWS)
    assert len(pairs) == len(ROWS)
    assert all(side[-1] == 2 and 2 not in side[:-1] for pair in pairs for side in pair)


def test_the_loss_is_the_one_that_the_network_itself_reports(data):
    torch.manual_seed(0)
    model = small_model().eval()
    batch = pad_pairs(encode_pairs(classical_seq2seq.load_tokenizer(data), ROWS))
    own = model(input_ids=batch[0], attention_mask=batch[1], labels=batch[3]).loss
    torch.testing.assert_close(translation_loss(model, batch), own)


def test_training_lowers_the_loss_and_goes_on_where_it_was(data):
    pairs = encode_pairs(classical_seq2seq.load_tokenizer(data), ROWS)
    batch = pad_pairs(pairs)
    torch.manual_seed(3)
    before = translation_loss(small_model().eval(), batch).item()
    model, minutes = classical_seq2seq.train_model(pairs, 3)
    after = translation_loss(model, batch).item()
    assert after < before - 0.5
    again, same_minutes = classical_seq2seq.train_model(pairs, 3)
    assert same_minutes == minutes
    assert translation_loss(again, batch).item() == after


def test_the_model_is_trained_and_shipped(data, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["recipe", "--data", str(data)])
    classical_seq2seq.main()
    folder = data / "zoo" / classical_seq2seq.MODEL_ID
    assert T5ForConditionalGeneration.from_pretrained(folder).dtype == torch.float16
    assert json.loads((folder / "training.json").read_text())["steps"] == 40


def test_every_weight_learns_in_proportion_to_its_initial_size():
    model = new_model()
    multiples = {id(weight): multiple for weight, multiple in rate_multiples(model)}
    block = model.encoder.block[0].layer[0]
    assert multiples[id(block.SelfAttention.k.weight)] == 1.0
    assert multiples[id(block.SelfAttention.q.weight)] == 0.1  # an eighth, in tenths
    assert multiples[id(model.shared.weight)] == multiples[id(block.layer_norm.weight)] == 16.0


def test_every_character_is_a_token_of_its_own(data, monkeypatch):
    characters = {character for row in ROWS for side in ("source", "target") for character in row[side]}
    monkeypatch.setattr(classical_seq2seq, "VOCABULARY", 3 + 256 + len(characters))
    tokenizer = classical_seq2seq.load_tokenizer(data)
    assert tokenizer.convert_ids_to_tokens(tokenizer("学而时习之").input_ids) == [*"学而时习之", "<eos>"]
