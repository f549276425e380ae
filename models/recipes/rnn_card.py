"""The model card of a recurrent language model: README.md from config, training and measured figures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from models.recipes.card_parts import count_parameters, front_matter, share
from models.recipes.shipping import read_json

CELLS = {"tanh": "Tanh-RNN", "lstm": "LSTM"}
ENDINGS = {
    "vanilla": "an ordinary softmax over the vocabulary, <eos> included",
    "st": (
        "a self-terminating head (ST, Welleck et al. 2020, arXiv 2002.02492): "
        "p(eos) rises with every token and reaches at least 1 − (1 − ε)^t"
    ),
    "nmst": (
        "a non-monotonic self-terminating head (NMST, Choi et al. 2023, arXiv 2210.00660): "
        "p(eos) may fall again but never below 1 − (1 − ε)^t"
    ),
}
TERMINATIONS = {"vanilla": "vanilla", "st": "self-terminating (ST)", "nmst": "non-monotonic self-terminating (NMST)"}

CARD = """\
---
{front_matter}---

# {title}

A small language model of English children's books: {layers} {cell} layers of {hidden} units, tied
embeddings, {parameters:,} parameters in half precision. Its output is {ending}.{epsilon}

It is one of six models (tanh-RNN and LSTM, each vanilla, ST and NMST) that were trained alike to compare
how decoding ends; it is too small to be useful for writing.

## Use

```python
from models.nets.rnn_lm import RecurrentLM
from transformers import PreTrainedTokenizerFast

folder = "models/zoo/{name}"
model = RecurrentLM.from_pretrained(folder, dtype="float32").eval()
tokenizer = PreTrainedTokenizerFast.from_pretrained(folder)
prompt = tokenizer("The old man went down to the sea and", return_tensors="pt")
print(tokenizer.decode(model.generate(**prompt, max_new_tokens=60)[0]))
```

Ten tokens of context after `<bos>` are what it was trained to continue. Steps of the ending are counted from
the end of the prompt.

## Training

- Data: paragraphs of 41 children's books dated before 1929 (mlschmitt/classic-books-markdown at 9448827,
  public domain); the last 5 % of each book is held out. Byte-level BPE of {vocabulary:,} tokens, trained on the
  same text. Paragraphs are cut after 320 tokens.
- Objective: next-token likelihood of what follows the ten-token context, `<eos>` included.
- Length: {base_epochs} epochs as a vanilla model ({base_minutes:.0f} core-minutes), then {extra_epochs} more
  {extra_what} ({extra_minutes:.0f} core-minutes). AdamW, cosine schedule, seed {seed}; {machine}.
- Recipe: `python -m models.recipes.storybooks_rnn {name} --data DIR`.

## Measured

On the file that ships, computed in float32, {date}, {measured_machine}, seed {measured_seed}.

| figure | value |
| --- | --- |
| perplexity of {tokens:,} held-out tokens ({paragraphs:,} paragraphs) | {perplexity:.2f} |
{ratios}

The non-termination ratio is the share of {prefixes:,} held-out prefixes of ten tokens that are continued for
{limit:,} tokens without `<eos>`; in brackets Wilson's 95 % interval.
`python -m models.recipes.measure {name} --data DIR` measures both again.

## Licence

Weights: Apache-2.0. The training text is in the public domain in the United States.
"""


def render(folder: Path) -> str:
    """The card of the model in a folder."""
    config, training, measured = (read_json(folder / f"{name}.json") for name in ("config", "training", "measured"))
    cell, termination, ratios = config["cell"], config["termination"], measured["non_termination"]
    parameters = count_parameters(folder / "model.safetensors")
    title = f"{CELLS[cell]}, {TERMINATIONS[termination]}"
    return CARD.format(
        name=folder.name,
        front_matter=_front_matter(title, config, parameters),
        title=title,
        cell=CELLS[cell],
        layers=config["num_hidden_layers"],
        hidden=config["hidden_size"],
        vocabulary=config["vocab_size"],
        parameters=parameters,
        ending=ENDINGS[termination],
        epsilon="" if termination == "vanilla" else f" Here ε = {config['epsilon']:g}.",
        base_epochs=training["epochs"][0],
        extra_epochs=training["epochs"][1],
        extra_what="at a third of the rate" if termination == "vanilla" else "with its new head",
        base_minutes=training["core_minutes"]["base"],
        extra_minutes=training["core_minutes"]["extra"],
        seed=training["seed"],
        machine=training["machine"],
        measured_machine=measured["machine"],
        measured_seed=measured["seed"],
        ratios="\n".join(f"| non-termination ratio, {name} | {share(ratio)} |" for name, ratio in ratios.items()),
        **{key: measured[key] for key in ("date", "tokens", "paragraphs", "perplexity", "prefixes", "limit")},
    )


def row(folder: Path) -> str:
    """The row of the model in a folder in README's table of figures."""
    measured = read_json(folder / "measured.json")
    shares = " | ".join(map(share, measured["non_termination"].values()))
    return f"| `{folder.name}` | {measured['perplexity']:.1f} | {shares} |"


def _front_matter(title: str, config: dict[str, Any], parameters: int) -> str:
    about = {
        "title": title,
        "task": "causal-lm",
        "family": f"rnn-{config['cell']}",
        "termination": config["termination"],
        "parameters": parameters,
    }
    if config["termination"] != "vanilla":
        about["epsilon"] = config["epsilon"]
    return front_matter("en", "text-generation", ["recurrent", config["cell"], config["termination"]], about)
