"""The model card of the cross-encoder that is told its task in every LayerNorm."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from models.recipes.card_parts import count_parameters, front_matter
from models.recipes.shipping import read_json

NAMES = {"conditional": "condition in every LayerNorm", "heads": "six heads", "shared": "one head, told nothing"}
CARD = """\
---
{front_matter}---

# Conditional cross-encoder, Chinese

Reads two texts together and answers one of six questions: are two short texts, a short and a long one, or two long
ones about the same thing (A, loose), or are they the same thing (B, strict)? Which question it is enters every
LayerNorm (Su Jianlin 2021, kexue.fm 8337): gamma(c) = gamma + W c, beta(c) = beta + V c, where c is the question's
embedding and W and V are zero at the start. All else is shared. A LoRA adapter of rank {rank} over the small Chinese
BERT of this project: {parameters:,} parameters in half precision beside the base.

## Use

```python
from peft import PeftModel
from transformers import AutoModelForMaskedLM, AutoTokenizer

from models.nets.conditional_cross_encoder import ConditionalCrossEncoder
from models.nets.cross_encoder import bert_of, pair_batches

base = AutoModelForMaskedLM.from_pretrained("models/zoo/bert-small-zh", dtype="float32")
tokenizer = AutoTokenizer.from_pretrained("models/zoo/bert-small-zh")
model = PeftModel.from_pretrained(ConditionalCrossEncoder(bert_of(base)), "models/zoo/{name}")
for criterion in "AB":
    for _, logits in pair_batches(model, tokenizer, [("一架飞机正在起飞。", "飞机起飞了。")], criterion):
        print(criterion, logits)
```

## Data

The pairs of the competition may not be redistributed, so this is a stand-in with a free licence. Every pair carries
both labels.

- Short: the training pairs of the Chinese STS benchmark (PhilipMay/stsb-multi-mt, scores CC BY-SA 4.0). A: a score of
  3 of 5 or more, B: 4.5 or more.
- Short and long, long: titles with abstracts, and halves of abstracts, of 4,000 papers of CSL (ydli-ai/CSL,
  Apache-2.0). A: two papers of one discipline of 13, B: the same paper. A third of the pairs is of one paper, a third
  of two papers of a discipline, a third of two disciplines. Partners are drawn anew for every epoch. Three papers in
  four are of computer science and count as engineering.

## Training

- Objective: the binary cross-entropy of the logit; each pair once an epoch, under a criterion that is drawn.
- Length: number {best} of {epochs} epochs, the best on dev by the mean average precision of the tasks ({minutes:.0f}
  core-minutes for all). AdamW, {rate:g} at the peak of a cosine schedule, 32 pairs a batch, no dropout, seed {seed};
  {machine}.
- Recipe: `python -m models.recipes.conditional_matching conditional --data DIR`.

## Measured

F1 in per cent on the file that ships, {date}, {measured_machine}: test part of STS-B, and 500 papers that were not
trained on. Thresholds are the best ones on dev. A, B: means of three tasks. The others took the same steps over the
same batches.

| network | {tasks} |
| --- | {rules} |
{rows}

`python -m models.recipes.conditional_quality --data DIR` measures this again.

## Limits

“The same event” was learnt from “the same paper”. News, which the competition was about, was not trained on.

## Licence

Weights: Apache-2.0.
"""


def render(folder: Path) -> str:
    """The card of the model in a folder."""
    config, training, measured = (
        read_json(folder / f"{name}.json") for name in ("adapter_config", "training", "measured")
    )
    parameters = count_parameters(folder / "adapter_model.safetensors")
    listed: dict[str, object] = {"title": "Conditional cross-encoder, Chinese", "task": "conditional-cross-encoder"}
    listed |= {"family": "matching", "language": "zh", "method": "conditional"}
    listed |= {"parameters": parameters, "base": "zoo/bert-small-zh"}
    networks = {"conditional": measured["tasks"], **measured["compared"]}
    return CARD.format(
        front_matter=front_matter("zh", "sentence-similarity", ["lora", "matching"], listed, library="peft"),
        name=folder.name,
        rank=config["r"],
        parameters=parameters,
        minutes=training["core_minutes"],
        date=measured["date"],
        measured_machine=measured["machine"],
        tasks=" | ".join(_columns(measured["tasks"])),
        rules=" | ".join("---" for _ in _columns(measured["tasks"])),
        rows="\n".join(f"| {NAMES[name]} | {' | '.join(_values(tasks))} |" for name, tasks in networks.items()),
        **{key: training[key] for key in ("best", "epochs", "rate", "seed", "machine")},
    )


def row(folder: Path) -> str:
    """The row of the model in README's table of figures: its mean F1 under the loose and the strict criterion."""
    found = read_json(folder / "measured.json")["tasks"]["all"]
    return f"| `{folder.name}` | F1 {100 * found['A']:.1f} (A) | F1 {100 * found['B']:.1f} (B) |"


def _columns(tasks: dict[str, Any]) -> list[str]:
    return [*(task for task in tasks if task != "all"), *tasks["all"]]


def _values(tasks: dict[str, Any]) -> list[str]:
    values = [*(found["f1"] for task, found in tasks.items() if task != "all"), *tasks["all"].values()]
    return [f"{100 * value:.1f}" for value in values]
