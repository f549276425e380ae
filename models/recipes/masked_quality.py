"""Measure a masked language model on texts that it was not trained on, and write its card.

    python -m models.recipes.masked_quality ID --data DIR

One ordinary token in seven (SHARE) is replaced by [MASK] in every held-out text, all of them, from one seed; how
often the model's first guess and its first five hold the token, and exp of the mean negative log-likelihood. What
stands in models/zoo/ID is measured, in float32.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from transformers import BertForMaskedLM, BertModel, BertTokenizer, PreTrainedTokenizerBase

from models.nets.masked_view import load_view
from models.recipes import chinese_mlm, english_mlm
from models.recipes.card import write_card
from models.recipes.corpus import length_batches, read_lines, read_rows
from models.recipes.english_mlm import BASE, LONGEST, cut
from models.recipes.masking import masked_batch
from models.recipes.shipping import ZOO, measured_on, write_json
from models.recipes.training import options_parser

SHARE, BATCH_TOKENS, SEED = 0.15, 4096, 0


@dataclass(frozen=True)
class Quality:
    """How well masked tokens are guessed: their number, the shares of right guesses, the perplexity."""

    tokens: int
    top1: float
    top5: float
    perplexity: float


@torch.inference_mode()
def quality(model: Any, tokenizer: PreTrainedTokenizerBase, texts: list[str]) -> Quality:
    """The figures of a model on texts, cut to pieces of LONGEST tokens."""
    generator = torch.Generator().manual_seed(SEED)
    rows = [piece for row in tokenizer(texts).input_ids for piece in cut(row, LONGEST)]

    def guesses() -> Iterator[tuple[Tensor, Tensor]]:
        for batch in length_batches(rows, BATCH_TOKENS, generator):
            inputs, mask, places, labels = masked_batch(batch, tokenizer, SHARE, generator)
            inputs.view(-1)[places] = tokenizer.mask_token_id
            hidden = model.bert(input_ids=inputs, attention_mask=mask).last_hidden_state  # (B, T, D)
            yield model.cls(hidden.flatten(0, 1)[places]), labels

    return tally(guesses())


def tally(guesses: Iterable[tuple[Tensor, Tensor]]) -> Quality:
    """The figures of logits (M, V) and labels (M,), batch by batch."""
    tokens = first = five = 0
    nats = 0.0
    for logits, labels in guesses:
        right = logits.topk(5).indices == labels[:, None]
        tokens += len(labels)
        first += int(right[:, 0].sum())
        five += int(right.sum())
        nats += float(nn.functional.cross_entropy(logits, labels, reduction="sum"))
    return Quality(tokens, first / tokens, five / tokens, math.exp(nats / tokens))


def without_unknown(line: str) -> str:
    """A line of WikiText as it was written: `@-@` is a hyphen."""
    return re.sub(r" @(.)@ ", r"\1", line)


def english_texts(data: Path) -> dict[str, list[str]]:
    """Held-out books, and articles without the lines that hold <unk>."""
    articles = read_lines(data / "text" / "wikitext2" / "valid.txt.gz")
    return {
        "text/classic-books valid": read_lines(data / "text" / "classic-books" / "valid.txt.gz"),
        "WikiText-2 valid, lines without <unk>": [without_unknown(line) for line in articles if "<unk>" not in line],
    }


def chinese_texts(data: Path) -> dict[str, list[str]]:
    """Held-out prose and reviews."""
    reviews = read_rows(data / "classify" / "su-sentiment" / "dev.jsonl.gz")
    return {
        "text/modern-zh valid": read_lines(data / "text" / "modern-zh" / "valid.txt.gz"),
        "classify/su-sentiment dev": [row["text"] for row in reviews],
    }


def english_model(folder: Path) -> BertForMaskedLM:
    """The English model over the packaged word table."""
    words = BertModel.from_pretrained(BASE, add_pooling_layer=False).embeddings.word_embeddings.weight
    assert isinstance(words, nn.Parameter)
    return load_view(folder, words)


def chinese_model(folder: Path) -> BertForMaskedLM:
    """The Chinese model, in float32."""
    model: BertForMaskedLM = BertForMaskedLM.from_pretrained(folder, dtype=torch.float32)
    return model


MODELS: dict[str, tuple[Callable[[Path], BertForMaskedLM], Callable[[Path], dict[str, list[str]]]]] = {
    english_mlm.MODEL_ID: (english_model, english_texts),
    chinese_mlm.MODEL_ID: (chinese_model, chinese_texts),
}


def main() -> None:
    """Measure, and write measured.json and the card."""
    parser = options_parser(__doc__, "folder that holds text and classify", SEED)
    parser.add_argument("id", choices=MODELS)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    folder = ZOO / options.id
    read_model, read_texts = MODELS[options.id]
    model, tokenizer = read_model(folder), BertTokenizer.from_pretrained(folder)
    sets = {name: asdict(quality(model, tokenizer, texts)) for name, texts in read_texts(options.data).items()}
    write_json(folder / "measured.json", measured_on(folder) | {"sets": sets})
    write_card(folder)


if __name__ == "__main__":
    main()
