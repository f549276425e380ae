"""Measure the shipped translator of classical Chinese and write its figures, samples and card.

    python -m models.recipes.translation_quality --data DIR

DIR holds ``seq2seq/classical-modern/dev.jsonl.gz``: 2,000 pairs from four books, none of them in training.
Taken on the half-precision file that ships, computed in float32:

- BLEU (on characters, sacrebleu's ``zh``) and chrF of greedy and beam search, all books and each, beside the
  source itself taken as its translation, since the two languages share most of their characters;
- perplexity of the targets with their <eos>;
- the non-termination ratio r_L: the share of the sources that greedy search translates for L = 1500 tokens
  without <eos>, and how long the others are.

``prefixes.json`` holds 500 of the sources, so that the ratio can be measured again without the corpus, and
``samples.md`` 50 translations to read.
"""

from __future__ import annotations

import argparse
import math
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

# Idle threads must sleep: on contended cores spinning ones make steps many times slower.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import sacrebleu
import torch
from transformers import PreTrainedTokenizerFast, T5ForConditionalGeneration

from models.recipes.card import figures_row, write_card
from models.recipes.classical_seq2seq import BATCH_TOKENS, MODEL_ID, encode_pairs
from models.recipes.corpus import Pair, pad_pairs, pair_batches, read_rows
from models.recipes.generation import continue_rows, continue_to_the_end, ended
from models.recipes.shares import endless_share
from models.recipes.shipping import ZOO, measured_on, write_json

EOS = 2
LIMIT = 1500
SHORT_LIMIT = 150  # far beyond every target; most outputs have ended by then
BATCH = 64
BEAMS = 4
PREFIX_COUNT = 500
SAMPLE_COUNT = 50
SAMPLE_CHARACTERS = 40

Row = dict[str, str]


@torch.inference_mode()
def perplexity(model: T5ForConditionalGeneration, pairs: list[Pair]) -> tuple[float, int]:
    """Perplexity of the target tokens, <eos> included, and how many they are."""
    total, count = 0.0, 0
    for batch in pair_batches(pairs, BATCH_TOKENS, torch.Generator().manual_seed(0)):
        sources, mask, inputs, labels = pad_pairs(batch)
        logits = model(input_ids=sources, attention_mask=mask, decoder_input_ids=inputs).logits
        total += torch.nn.functional.cross_entropy(logits.flatten(0, 1), labels.flatten(), reduction="sum").item()
        count += int((labels != -100).sum())
    return math.exp(total / count), count


def scores(outputs: Sequence[str], rows: Sequence[Row]) -> dict[str, float]:
    """BLEU and chrF of translations against the rows' targets."""
    targets = [[row["target"] for row in rows]]
    bleu = sacrebleu.corpus_bleu(outputs, targets, tokenize="zh").score
    chrf = sacrebleu.corpus_chrf(outputs, targets).score
    return {"bleu": round(bleu, 2), "chrf": round(chrf, 2)}


def scores_by_book(outputs: Sequence[str], rows: Sequence[Row]) -> dict[str, Any]:
    """The scores of all rows, and of each book's."""
    books: dict[str, Any] = {}
    for book in dict.fromkeys(row["book"] for row in rows):
        chosen = [i for i, row in enumerate(rows) if row["book"] == book]
        books[book] = scores([outputs[i] for i in chosen], [rows[i] for i in chosen])
    return scores(outputs, rows) | {"books": books}


def decode(tokenizer: PreTrainedTokenizerFast, outputs: Sequence[Sequence[int]]) -> list[str]:
    """The texts of outputs; one that never ended counts up to the short limit."""
    return [str(tokenizer.decode(list(ids[:SHORT_LIMIT]), skip_special_tokens=True)) for ids in outputs]


def lengths(outputs: Sequence[Sequence[int]]) -> dict[str, float]:
    """Mean and greatest length in tokens of the outputs that end."""
    whole = [len(ids) for ids in outputs if ended(ids, EOS)] or [0]
    return {"mean": round(sum(whole) / len(whole), 2), "longest": max(whole)}


def samples(rows: Sequence[Row], **outputs: Sequence[str]) -> str:
    """A Markdown page of some rows with their translations, cut after so many characters."""

    def cut(text: str) -> str:
        short = text.replace("\n", " ")
        return short if len(short) <= SAMPLE_CHARACTERS else f"{short[:SAMPLE_CHARACTERS]}…"

    step = max(1, len(rows) // SAMPLE_COUNT)
    page = ["# Translations of held-out sentences\n"]
    for i in range(0, len(rows), step)[:SAMPLE_COUNT]:
        made = (f"- {name}: {cut(texts[i])}" for name, texts in outputs.items())
        head = [f"{i + 1}. {rows[i]['book']}", f"- source: {cut(rows[i]['source'])}"]
        page.append("\n".join([*head, f"- target: {cut(rows[i]['target'])}", *made]) + "\n")
    return "\n".join(page)


def measure(folder: Path, rows: list[Row]) -> dict[str, Any]:
    """All figures of the model in a folder; writes the samples beside it."""
    tokenizer = PreTrainedTokenizerFast.from_pretrained(folder)
    model = T5ForConditionalGeneration.from_pretrained(folder, dtype=torch.float32)  # in eval mode
    pairs = encode_pairs(tokenizer, rows)
    value, tokens = perplexity(model, pairs)
    print(f"perplexity {value:.2f} on {tokens} tokens", flush=True)
    sources = [source for source, _ in pairs]
    started = time.perf_counter()
    greedy = continue_to_the_end(model, sources, (SHORT_LIMIT, LIMIT), BATCH)
    seconds = round(time.perf_counter() - started, 1)
    endless = sum(not ended(ids, EOS) for ids in greedy)
    beam = continue_rows(model, sources, SHORT_LIMIT, BATCH // BEAMS, num_beams=BEAMS, do_sample=False)
    texts = {"greedy": decode(tokenizer, greedy), f"beam-{BEAMS}": decode(tokenizer, beam)}
    (folder / "samples.md").write_text(samples(rows, **texts), encoding="utf-8")
    copies = {"copy of the source": [row["source"] for row in rows]}
    return {
        **measured_on(folder),
        "perplexity": round(value, 3),
        "tokens": tokens,
        "pairs": len(rows),
        "translation": {name: scores_by_book(made, rows) for name, made in (copies | texts).items()},
        "lengths": lengths(greedy),
        "limit": LIMIT,
        "prefixes": len(rows),
        "non_termination": {"greedy": endless_share(endless, len(rows)) | {"seconds": seconds}},
    }


def main() -> None:
    """Measure the shipped file; writes measured.json, samples.md, prefixes.json and README.md into its folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds seq2seq/classical-modern")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    folder = ZOO / MODEL_ID
    rows = read_rows(options.data / "seq2seq" / "classical-modern" / "dev.jsonl.gz")
    write_json(folder / "measured.json", measure(folder, rows))
    step = max(1, len(rows) // PREFIX_COUNT)
    write_json(folder / "prefixes.json", [row["source"] for row in rows[::step][:PREFIX_COUNT]], indent=0)
    write_card(folder)
    print(f"Row of README's table: {figures_row(folder)}")


if __name__ == "__main__":
    main()
