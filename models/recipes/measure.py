"""Measure a shipped recurrent language model and write its figures and its card.

    python -m models.recipes.measure rnn-tanh-vanilla --data DIR

Two figures, taken on the half-precision file that ships, computed in float32:

- perplexity on the held-out paragraphs: exp of the mean negative log-likelihood of the tokens after
  the ten-token context, <eos> included;
- the non-termination ratio r_L of Welleck et al. 2020 (arXiv 2002.02492): the share of 1,000 held-out
  prefixes that a decoder continues for L = 1500 tokens without <eos>, with Wilson's 95 % interval.

The prefixes ship with the project, so that the ratio can be measured again without the corpus. The figures of
every seed go into one table, ``assets/storybooks-seeds.json``.
"""

from __future__ import annotations

import argparse
import math
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

# Idle threads must sleep: on contended cores spinning ones make steps many times slower.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import torch
from torch import Tensor
from transformers import PreTrainedTokenizerFast

from models.nets.rnn_lm import RecurrentLM
from models.recipes.card import figures_row, write_card
from models.recipes.corpus import encode_paragraphs, length_batches, pad_batch, read_lines
from models.recipes.shares import endless_share
from models.recipes.shipping import measured_on, read_json, write_json
from models.recipes.storybooks_rnn import BATCH_TOKENS, CONTEXT_LENGTH, IDS, SEED, folder_of

ASSETS = Path(__file__).resolve().parents[2] / "assets"
PREFIXES = ASSETS / "storybooks-prefixes.json"
SEEDS = ASSETS / "storybooks-seeds.json"
PREFIX_COUNT = 1000
LIMIT = 1500
NO_LIMIT = 10**6
PARTIAL_SORT = 512  # tokens that nearly always hold a nucleus

Choose = Callable[[Tensor, torch.Generator], Tensor]


def greedy(logits: Tensor, generator: torch.Generator) -> Tensor:
    """The most probable token of each row; logits (R, V), returns (R,)."""
    return logits.argmax(dim=-1)


def ancestral(logits: Tensor, generator: torch.Generator) -> Tensor:
    """A token from the whole distribution; logits (R, V), returns (R,)."""
    return torch.multinomial(logits.softmax(dim=-1), 1, generator=generator)[:, 0]


def top_k(k: int) -> Choose:
    """A token from the k most probable ones."""

    def choose(logits: Tensor, generator: torch.Generator) -> Tensor:
        values, tokens = logits.topk(k, dim=-1)
        place = torch.multinomial(values.softmax(dim=-1), 1, generator=generator)
        return tokens.gather(-1, place)[:, 0]

    return choose


def nucleus(mass: float) -> Choose:
    """A token from the fewest most probable ones that hold `mass` of the probability."""

    def choose(logits: Tensor, generator: torch.Generator) -> Tensor:
        distribution = logits.softmax(dim=-1)
        p, tokens = distribution.topk(min(PARTIAL_SORT, distribution.shape[-1]), dim=-1)
        if bool((p.sum(dim=-1) < mass).any()):
            p, tokens = distribution.sort(dim=-1, descending=True)
        kept = p * (p.cumsum(dim=-1) - p < mass)
        place = torch.multinomial(kept, 1, generator=generator)
        return tokens.gather(-1, place)[:, 0]

    return choose


DECODERS: dict[str, Choose] = {
    "greedy": greedy,
    "ancestral": ancestral,
    "top-k-2": top_k(2),
    "nucleus-0.2": nucleus(0.2),
}


@torch.inference_mode()
def perplexity(model: RecurrentLM, rows: list[list[int]]) -> tuple[float, int]:
    """Perplexity of the tokens after the context, and how many they are."""
    total, count = 0.0, 0
    for batch in length_batches(rows, BATCH_TOKENS, torch.Generator().manual_seed(0)):
        inputs, labels = pad_batch(batch, CONTEXT_LENGTH)
        logits = model(inputs, context_length=CONTEXT_LENGTH).logits.flatten(0, 1)
        total += torch.nn.functional.cross_entropy(logits, labels.flatten(), reduction="sum").item()
        count += int((labels != -100).sum())
    return math.exp(total / count), count


@torch.inference_mode()
def count_endless(model: RecurrentLM, prefixes: Tensor, choose: Choose, limit: int, seed: int) -> int:
    """How many of the prefixes (N, T) are continued for `limit` tokens without <eos>."""
    generator = torch.Generator().manual_seed(seed)
    output = model(prefixes, logits_to_keep=1)
    for step in range(limit):
        tokens = choose(output.logits[:, -1], generator)
        going = (tokens != model.config.eos_token_id).nonzero()[:, 0]
        if len(going) == 0 or step == limit - 1:
            return len(going)
        output.past_key_values.reorder_cache(going)
        output = model(tokens[going, None], past_key_values=output.past_key_values)
    return len(prefixes)


def choose_prefixes(tokenizer: PreTrainedTokenizerFast, rows: Sequence[list[int]], count: int, seed: int) -> list[str]:
    """The texts of `count` rows' contexts, picked at random among those whose text gives the same tokens again."""
    order = torch.randperm(len(rows), generator=torch.Generator().manual_seed(seed)).tolist()
    contexts = (rows[i][:CONTEXT_LENGTH] for i in order)
    pairs = ((ids, str(tokenizer.decode(ids, skip_special_tokens=True))) for ids in contexts)
    exact = dict.fromkeys(text for ids, text in pairs if tokenizer(text).input_ids == ids)
    return list(exact)[:count]


def load_prefixes(tokenizer: PreTrainedTokenizerFast, rows: Sequence[list[int]]) -> Tensor:
    """The shipped prefixes as token ids (N, T); picked and written the first time."""
    if not PREFIXES.exists():
        chosen = choose_prefixes(tokenizer, rows, PREFIX_COUNT, SEED)
        write_json(PREFIXES, chosen, indent=0)
    texts = read_json(PREFIXES)
    return torch.tensor(tokenizer(texts).input_ids)


def non_termination(model: RecurrentLM, prefixes: Tensor) -> dict[str, Any]:
    """The ratio r_L of every decoder, with its interval."""
    ratios = {}
    for name, choose in DECODERS.items():
        started = time.perf_counter()
        endless = count_endless(model, prefixes, choose, LIMIT, SEED)
        ratios[name] = endless_share(endless, len(prefixes)) | {"seconds": round(time.perf_counter() - started, 1)}
        print(f"{name}: {endless} of {len(prefixes)} never end, 95 % interval {ratios[name]['interval']}", flush=True)
    return ratios


def measure(folder: Path, valid: list[str]) -> dict[str, Any]:
    """Everything the card says about how good the model in a folder is."""
    tokenizer = PreTrainedTokenizerFast.from_pretrained(folder)
    model = RecurrentLM.from_pretrained(folder, dtype=torch.float32)  # in eval mode
    rows = encode_paragraphs(tokenizer, valid, CONTEXT_LENGTH, NO_LIMIT)
    value, tokens = perplexity(model, rows)
    print(f"perplexity {value:.2f} on {tokens} tokens", flush=True)
    prefixes = load_prefixes(tokenizer, rows)
    return {
        **measured_on(folder),
        "seed": SEED,
        "perplexity": round(value, 3),
        "tokens": tokens,
        "paragraphs": len(rows),
        "limit": LIMIT,
        "prefixes": len(prefixes),
        "non_termination": non_termination(model, prefixes),
    }


def record_seed(model_id: str, seed: int, measured: dict[str, Any]) -> None:
    """Put the figures of one model and seed into the table of seeds."""
    table = read_json(SEEDS) if SEEDS.exists() else {}
    figures = {key: measured[key] for key in ("date", "perplexity", "limit", "prefixes")}
    endless = {name: ratio["endless"] for name, ratio in measured["non_termination"].items()}
    seeds = table.setdefault(model_id, {}) | {str(seed): figures | {"endless": endless}}
    write_json(SEEDS, table | {model_id: dict(sorted(seeds.items()))})


def main() -> None:
    """Measure one model; writes its figures into its folder and the table of seeds, and a shipped one's card."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", choices=IDS)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds text/storybooks")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=SEED, help="the seed that the model was trained with")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    folder = folder_of(options.model, options.seed)
    measured = measure(folder, read_lines(options.data / "text" / "storybooks" / "valid.txt.gz"))
    write_json(folder / "measured.json", measured)
    record_seed(options.model, options.seed, measured)
    if options.seed == SEED:
        write_card(folder)
        print(f"Row of README's table: {figures_row(folder)}")


if __name__ == "__main__":
    main()
