"""The model card of the translator of classical Chinese."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from models.recipes.card_parts import count_parameters, front_matter, share
from models.recipes.shipping import read_json

TITLE = "Classical to modern Chinese, encoder and decoder"

CARD = """\
---
{front_matter}---

# {title}

A small T5 that turns a sentence of classical Chinese into modern Chinese: {encoder} encoder and {decoder} decoder
layers of {width} units, {parameters:,} parameters in half precision. It shows what decoding does with a real
translation task, with an ordinary softmax over the vocabulary, `<eos>` included.

## Use

```python
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

folder = "models/zoo/{name}"
model = AutoModelForSeq2SeqLM.from_pretrained(folder, dtype="float32").eval()
tokenizer = AutoTokenizer.from_pretrained(folder)
source = tokenizer("学而时习之，不亦说乎？", return_tensors="pt")
print(tokenizer.decode(model.generate(**source, max_new_tokens=60)[0], skip_special_tokens=True))
```

## Data

301,260 sentence pairs of NiuTrans/Classical-Modern (an MIT repository; the texts were crawled, and rights in the
modern translations stay with their sources), matched automatically, so a few per cent are off. Held out are four
books, 容斋随笔, 笑林广记, 列子 and 金史, 500 pairs each. Both sides have 4 to 96 characters; quotation marks are
missing in the source.

Tokenizer: {vocabulary:,} tokens for both languages, one for each of the 5,500 most frequent characters; rarer ones
are spelt by their UTF-8 bytes.

## Training

- Objective: likelihood of the target with its `<eos>`, no label smoothing, no dropout.
- Length: {steps:,} steps of about 4,096 tokens ({minutes:.0f} core-minutes). AdamW, every weight at a rate in
  proportion to its initial size, cosine schedule, seed {seed}; {machine}.
- Recipe: `python -m models.recipes.classical_seq2seq --data DIR`.

## Measured

On the file that ships, computed in float32, {date}, {measured_machine}, on {pairs:,} held-out pairs.

| figure | {decoders} |
| --- | {dashes} |
| BLEU (characters) | {bleu} |
| chrF | {chrf} |
{books}

Perplexity of the {tokens:,} target tokens: {perplexity:.2f}. Greedy search does not end within {limit:,} tokens on
{endless} of the sources (95 % interval in brackets); the other outputs have {mean_length:.1f} tokens on average and
{longest} at most. `samples.md` holds 50 of the outputs, not chosen for quality.
`python -m models.recipes.translation_quality --data DIR` measures all of this again.

## Limits

Short sentences only: training pairs have at most 96 characters. Names and rare words are often wrong, and a fluent
output may say something else than the source. It is made for studying decoders, not for reading the classics.

## Licence

Weights: Apache-2.0.
"""


def render(folder: Path) -> str:
    """The card of the model in a folder."""
    config, training, measured = (read_json(folder / f"{name}.json") for name in ("config", "training", "measured"))
    parameters = count_parameters(folder / "model.safetensors")
    translation = measured["translation"]
    about = {
        "title": TITLE,
        "task": "seq2seq-lm",
        "family": "t5",
        "termination": "vanilla",
        "parameters": parameters,
        "language": "zh",
    }
    return CARD.format(
        front_matter=front_matter("zh", "translation", ["t5", "translation", "classical-chinese"], about),
        title=TITLE,
        name=folder.name,
        encoder=config["num_layers"],
        decoder=config["num_decoder_layers"],
        width=config["d_model"],
        vocabulary=config["vocab_size"],
        parameters=parameters,
        steps=training["steps"],
        minutes=training["core_minutes"],
        seed=training["seed"],
        machine=training["machine"],
        measured_machine=measured["machine"],
        decoders=" | ".join(translation),
        dashes=" | ".join("---" for _ in translation),
        bleu=_cells(figures["bleu"] for figures in translation.values()),
        chrf=_cells(figures["chrf"] for figures in translation.values()),
        books="\n".join(_book_row(book, translation) for book in translation["greedy"]["books"]),
        endless=share(measured["non_termination"]["greedy"]),
        mean_length=measured["lengths"]["mean"],
        longest=measured["lengths"]["longest"],
        **{key: measured[key] for key in ("date", "pairs", "tokens", "perplexity", "limit")},
    )


def row(folder: Path) -> str:
    """The row of the model in README's table of translators."""
    measured = read_json(folder / "measured.json")
    made = [figures for name, figures in measured["translation"].items() if not name.startswith("copy")]
    scores = " | ".join(f"{figures['bleu']:.1f} / {figures['chrf']:.1f}" for figures in made)
    endless = share(measured["non_termination"]["greedy"])
    return f"| `{folder.name}` | {measured['perplexity']:.1f} | {scores} | {endless} |"


def _book_row(book: str, translation: dict[str, Any]) -> str:
    return f"| BLEU, {book} | {_cells(figures['books'][book]['bleu'] for figures in translation.values())} |"


def _cells(values: Any) -> str:
    return " | ".join(f"{value:.1f}" for value in values)
