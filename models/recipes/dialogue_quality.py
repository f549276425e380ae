"""Measure the shipped chat model and write its figures and card.

    python -m models.recipes.dialogue_quality --data DIR

DIR holds ``dialogue/{crosswoz,kdconv}/{dev,test}.jsonl.gz``, dialogues that the model was not trained on.
Taken on the half-precision file that ships, computed in float32:

- perplexity of whole dialogues and of the assistant's turns alone, <eos> included;
- the share of 200 histories that greedy and ancestral decoding reply to without <eos> within 200 tokens, and
  distinct-n of the replies (Li et al. 2016, arXiv 1510.03055): different n-grams of tokens over all n-grams;
- how far a reply's log-probability in one pass over the whole dialogue is from the sum over single steps.

``prefixes.json`` holds the histories, one turn a line, so that the shares can be measured again without the
corpus.
"""

from __future__ import annotations

import argparse
import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

# Idle threads must sleep: on contended cores spinning ones make steps many times slower.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import torch
from transformers import GPT2LMHeadModel, PreTrainedTokenizerFast

from models.recipes.card import figures_row, write_card
from models.recipes.corpus import length_batches, pad_batch
from models.recipes.dialogue_lm import (
    BATCH_TOKENS,
    LONGEST,
    MODEL_ID,
    SEED,
    SPEAKERS,
    encode_dialogue,
    read_dialogues,
    windows,
)
from models.recipes.generation import continue_rows, ended
from models.recipes.shares import endless_share
from models.recipes.shipping import ZOO, measured_on, write_json

EOS, ASSISTANT = 2, 4
LIMIT = 200
BATCH = 40
HISTORY_COUNT = 200
STEPWISE_COUNT = 20
DECODERS: dict[str, dict[str, Any]] = {
    "greedy": {"do_sample": False},
    "ancestral": {"do_sample": True, "top_k": 0},
}


def encode_history(tokenizer: PreTrainedTokenizerFast, turns: Sequence[str]) -> list[int]:
    """The turns so far and the opening of the assistant's reply."""
    return encode_dialogue(tokenizer, turns) + list(tokenizer(SPEAKERS[1]).input_ids)


def choose_histories(tokenizer: PreTrainedTokenizerFast, dialogues: Sequence[list[str]], count: int) -> list[list[str]]:
    """About `count` histories that end with the user, from all dialogues and of all lengths up to the longest.

    Dialogue i gives its first turn, its third, its fifth, … in turn with i, so that short and long ones occur.
    """
    rounds = range((max(map(len, dialogues)) + 1) // 2)
    histories = (
        dialogue[: 2 * ((start + i) % ((len(dialogue) + 1) // 2)) + 1]
        for start in rounds
        for i, dialogue in enumerate(dialogues)
    )
    different = dict.fromkeys(tuple(turns) for turns in histories)
    return [list(turns) for turns in different if len(encode_history(tokenizer, turns)) <= LONGEST][:count]


def assistant_labels(labels: torch.Tensor) -> torch.Tensor:
    """The labels (B, T) of the assistant's words and <eos> alone; everything else is -100."""
    kept = torch.full_like(labels, -100)
    for i, row in enumerate(labels.tolist()):
        speaking = False
        for j, token in enumerate(row):
            if speaking:
                kept[i, j] = token
            speaking = token == ASSISTANT or (speaking and token != EOS)
    return kept


@torch.inference_mode()
def perplexities(model: GPT2LMHeadModel, rows: list[list[int]]) -> dict[str, float]:
    """Perplexity of all tokens after the first, and of the assistant's."""
    totals = {"all": [0.0, 0], "assistant": [0.0, 0]}
    for batch in length_batches(rows, BATCH_TOKENS, torch.Generator().manual_seed(0)):
        inputs, labels = pad_batch(batch, 1)
        logits = model(inputs, attention_mask=torch.ones_like(inputs)).logits.flatten(0, 1)
        for name, kept in (("all", labels), ("assistant", assistant_labels(labels))):
            loss = torch.nn.functional.cross_entropy(logits, kept.flatten(), reduction="sum")
            totals[name] = [totals[name][0] + loss.item(), totals[name][1] + int((kept != -100).sum())]
    return {name: round(math.exp(total / count), 3) for name, (total, count) in totals.items()}


def distinct(outputs: Sequence[Sequence[int]], n: int) -> float:
    """Different n-grams over all n-grams of the outputs."""
    grams = [tuple(ids[i : i + n]) for ids in outputs for i in range(len(ids) - n + 1)]
    return len(set(grams)) / max(1, len(grams))


@torch.inference_mode()
def one_pass(model: GPT2LMHeadModel, history: list[int], reply: list[int]) -> float:
    """Log-probability of a reply given its history, from one pass over both."""
    ids = torch.tensor([history + reply])
    log_p = model(ids[:, :-1]).logits[0, len(history) - 1 :].log_softmax(dim=-1)  # (reply, V)
    return float(log_p.gather(1, torch.tensor(reply)[:, None]).sum())


@torch.inference_mode()
def stepwise(model: GPT2LMHeadModel, history: list[int], reply: list[int]) -> float:
    """The same, summed over steps that each read one token."""
    total, fed, cache = 0.0, history, None
    for token in reply:
        output = model(torch.tensor([fed]), past_key_values=cache, use_cache=True)
        total += output.logits[0, -1].log_softmax(dim=-1)[token].item()
        fed, cache = [token], output.past_key_values
    return total


def measure_replies(model: GPT2LMHeadModel, histories: list[list[int]]) -> tuple[dict[str, Any], list[list[int]]]:
    """The figures of every decoder's replies, and the greedy ones."""
    figures: dict[str, Any] = {}
    greedy: list[list[int]] = []
    for name, options in DECODERS.items():
        torch.manual_seed(SEED)
        replies = continue_rows(model, histories, LIMIT, BATCH, **options)
        greedy = greedy or replies
        whole = [len(ids) for ids in replies if ended(ids, EOS)] or [0]
        figures[name] = {
            **endless_share(len(replies) - sum(ended(ids, EOS) for ids in replies), len(replies)),
            "mean_length": round(sum(whole) / len(whole), 1),
            "distinct-1": round(distinct(replies, 1), 4),
            "distinct-2": round(distinct(replies, 2), 4),
        }
        print(f"{name}: {figures[name]}", flush=True)
    return figures, greedy


def measure(folder: Path, dialogues: list[list[str]], histories: list[list[str]]) -> dict[str, Any]:
    """All figures of the model in a folder."""
    tokenizer = PreTrainedTokenizerFast.from_pretrained(folder)
    model = GPT2LMHeadModel.from_pretrained(folder, dtype=torch.float32)  # in eval mode
    whole = [encode_dialogue(tokenizer, turns) for turns in dialogues]
    rows = [row for ids in whole for row in windows(ids, EOS)]
    values = perplexities(model, rows)
    print(f"perplexity {values}", flush=True)
    encoded = [encode_history(tokenizer, turns) for turns in histories]
    figures, greedy = measure_replies(model, encoded)
    pairs = list(zip(encoded, greedy, strict=True))[:STEPWISE_COUNT]
    return {
        **measured_on(folder),
        "seed": SEED,
        "perplexity": values["all"],
        "perplexity_assistant": values["assistant"],
        "tokens": sum(len(row) - 1 for row in rows),
        "dialogues": len(dialogues),
        "limit": LIMIT,
        "prefixes": len(histories),
        "non_termination": figures,
        "stepwise_error": max(abs(one_pass(model, *pair) - stepwise(model, *pair)) for pair in pairs),
    }


def main() -> None:
    """Measure the shipped file; writes measured.json, prefixes.json and README.md into its folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds dialogue/crosswoz and kdconv")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    folder = ZOO / MODEL_ID
    dialogues = [turns for split in ("dev", "test") for turns in read_dialogues(options.data, split)]
    tokenizer = PreTrainedTokenizerFast.from_pretrained(folder)
    histories = choose_histories(tokenizer, dialogues, HISTORY_COUNT)
    write_json(folder / "measured.json", measure(folder, dialogues, histories))
    write_json(folder / "prefixes.json", ["\n".join(turns) for turns in histories], indent=0)
    write_card(folder)
    print(f"Row of README's table: {figures_row(folder)}")


if __name__ == "__main__":
    main()
