from __future__ import annotations

import gzip
import json
import math
import sys
from pathlib import Path

import pytest
import sacrebleu
import torch
from transformers import PreTrainedTokenizerFast, T5Config, T5ForConditionalGeneration

from models.recipes import classical_seq2seq, translation_quality
from models.recipes.card_parts import count_parameters
from models.recipes.classical_seq2seq import encode_pairs
from models.recipes.translation_quality import lengths, perplexity, samples, scores, scores_by_book
from playground.runtime.catalogue import read_entry

ROWS = [
    {"source": "学而时习之，不亦说乎？", "target": "学习并按时温习，不也高兴吗？", "book": "论语"},
    {"source": "有朋自远方来，不亦乐乎？", "target": "有朋友从远方来，不也快乐吗？", "book": "论语"},
    {"source": "道可道，非常道。", "target": "可以说出的道，不是永恒的道。", "book": "老子"},
]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A corpus of three pairs, and the zoo folder of a small model with fresh weights."""
    folder = tmp_path / "seq2seq" / "classical-modern"
    folder.mkdir(parents=True)
    for split in ("train", "dev"):
        with gzip.open(folder / f"{split}.jsonl.gz", "wt", encoding="utf-8") as file:
            file.writelines(json.dumps(row) + "\n" for row in ROWS)
    monkeypatch.setenv("WHYBOX_TRAIN_DIR", str(tmp_path / "train"))
    monkeypatch.setattr(classical_seq2seq, "VOCABULARY", 400)
    monkeypatch.setattr(classical_seq2seq, "STEPS", 1)
    monkeypatch.setattr(classical_seq2seq, "new_model", small_model)
    for module in (classical_seq2seq, translation_quality):
        monkeypatch.setattr(module, "ZOO", tmp_path / "zoo")
    monkeypatch.setattr(translation_quality, "LIMIT", 12)
    monkeypatch.setattr(translation_quality, "SHORT_LIMIT", 5)
    monkeypatch.setattr(sys, "argv", ["recipe", "--data", str(tmp_path)])
    return tmp_path


def small_model() -> T5ForConditionalGeneration:
    config = T5Config(
        vocab_size=400,
        d_model=16,
        d_kv=8,
        num_heads=2,
        d_ff=16,
        num_layers=1,
        pad_token_id=0,
        eos_token_id=2,
        decoder_start_token_id=1,
    )
    return T5ForConditionalGeneration(config)


def test_the_shipped_file_is_measured_and_described(data):
    classical_seq2seq.main()
    translation_quality.main()
    folder = data / "zoo" / classical_seq2seq.MODEL_ID
    measured = json.loads((folder / "measured.json").read_text(encoding="utf-8"))
    assert list(measured["translation"]) == ["copy of the source", "greedy", "beam-4"]
    assert list(measured["translation"]["greedy"]["books"]) == ["论语", "老子"]
    card = (folder / "README.md").read_text(encoding="utf-8")
    assert f"{measured['perplexity']:.2f}" in card
    assert json.loads((folder / "prefixes.json").read_text(encoding="utf-8")) == [row["source"] for row in ROWS]
    entry = read_entry(folder, "zoo")
    assert (entry.task, entry.licence, entry.problem) == ("seq2seq-lm", "apache-2.0", "")
    assert entry.tags == {
        "family": "t5",
        "termination": "vanilla",
        "parameters": str(count_parameters(folder / "model.safetensors")),
        "language": "zh",
    }


@torch.inference_mode()
def test_perplexity_is_that_of_each_target_alone(data):
    tokenizer = classical_seq2seq.load_tokenizer(data)
    torch.manual_seed(0)
    model, pairs = small_model().eval(), encode_pairs(tokenizer, ROWS)
    total, count = 0.0, 0
    for source, target in pairs:
        logits = model(input_ids=torch.tensor([source]), decoder_input_ids=torch.tensor([[1, *target[:-1]]])).logits
        log_p = logits[0].log_softmax(dim=-1)
        total -= sum(log_p[i, token].item() for i, token in enumerate(target))
        count += len(target)
    value, tokens = perplexity(model, pairs)
    assert tokens == count
    assert value == pytest.approx(math.exp(total / count), rel=1e-5)


def test_a_perfect_translation_scores_100_and_each_book_its_own():
    targets = [row["target"] for row in ROWS]
    assert scores(targets, ROWS) == {"bleu": 100.0, "chrf": 100.0}
    figures = scores_by_book([targets[0], targets[1], "天"], ROWS)
    assert figures["books"]["论语"] == {"bleu": 100.0, "chrf": 100.0}
    assert figures["books"]["老子"]["bleu"] < figures["bleu"] < 100.0


def test_bleu_counts_characters():
    output, target = "学习并按时复习", "学习并按时温习"
    spaced = sacrebleu.corpus_bleu([" ".join(output)], [[" ".join(target)]], tokenize="none").score
    row = {"source": "", "target": target, "book": ""}
    assert scores([output], [row])["bleu"] == pytest.approx(spaced, abs=0.01)


def test_lengths_are_those_of_the_outputs_that_end():
    assert lengths([[5, 2], [5, 6, 7, 2], [5] * 12]) == {"mean": 3.0, "longest": 4}
    assert lengths([[5]]) == {"mean": 0.0, "longest": 0}


def test_samples_are_spread_over_the_rows_and_cut():
    rows = [{"source": f"源{i}", "target": "的" * 90, "book": "书"} for i in range(200)]
    page = samples(rows, greedy=["出"] * 200)
    assert page.count("- greedy: 出") == 50
    assert "源196" in page
    assert "的" * 41 not in page
    assert len(page.encode()) < 20_000


def test_an_endless_output_is_read_up_to_the_short_limit(data):
    tokenizer: PreTrainedTokenizerFast = classical_seq2seq.load_tokenizer(data)
    word = tokenizer("道").input_ids[0]
    assert translation_quality.decode(tokenizer, [[word] * 12]) == ["道" * 5]
