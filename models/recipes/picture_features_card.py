"""The model card of a classifier whose features measure Fréchet distances."""

from __future__ import annotations

from pathlib import Path

from models.recipes.card_parts import count_parameters, front_matter
from models.recipes.picture_notes import NOTES
from models.recipes.shipping import read_json

CARD = """\
---
{front_matter}---

# {title}

A small classifier of {side}x{side} pictures ({parameters:,} parameters in half precision, {layers} convolutions). The
{features} numbers before its heads measure how far a generator's pictures lie from real ones (Fréchet distance). They
have mean 0 and variance 1 over the training pictures. These distances cannot be compared with published FIDs, which
are taken on another network.

## Use

```python
import torch
from models.nets.picture_features import PictureFeatures

model = PictureFeatures.from_pretrained("models/zoo/{name}").eval()
with torch.inference_mode():
    print(model.features(torch.rand(2, {channels}, {side}, {side})).shape)
```

## Training

- Data: {data}
- Objective: the mean cross-entropy of all heads, one for every attribute.
- Length: {steps:,} steps of {batch} pictures ({core_minutes} core-minutes). AdamW, cosine schedule, seed {seed};
  {machine}.
- Recipe: `python -m models.recipes.picture_classifier {set} --data DIR`.

## Measured

On the file that ships, computed in float32, {date}, {measured_machine}, on {test:,} test pictures that it was not
trained on. "Commonest" is what naming the commonest value of the training pictures would score. A feature that is
hidden in a picture (earrings under hair, say) keeps its label.

| attribute | values | accuracy | commonest |
| --- | --- | --- | --- |
{rows}

## Licence

Weights: Apache-2.0.
"""


def render(folder: Path) -> str:
    """The card of the classifier in a folder."""
    config, training, measured = (read_json(folder / f"{name}.json") for name in ("config", "training", "measured"))
    parameters = count_parameters(folder / "model.safetensors")
    name = folder.name.removeprefix("features-")
    notes = NOTES[name]
    title = f"Features of {notes.plural}"
    about = {"title": title, "task": "image-features", "family": "picture-features", "parameters": parameters}
    rows = "\n".join(
        f"| {attribute} | {row['values']} | {row['accuracy']:.1%} | {row['commonest']:.1%} |"
        for attribute, row in measured["accuracy"].items()
    )
    return CARD.format(
        front_matter=front_matter("", "image-classification", ["frechet-distance"], about, library="whybox"),
        title=title,
        name=folder.name,
        set=name,
        data=notes.about,
        parameters=parameters,
        layers=len(config["widths"]),
        measured_machine=measured["machine"],
        rows=rows,
        date=measured["date"],
        test=measured["test"],
        **{key: config[key] for key in ("side", "channels", "features")},
        **{key: training[key] for key in ("steps", "batch", "core_minutes", "seed", "machine")},
    )


def row(folder: Path) -> str:
    """The row of the classifier in a table of figures: its mean accuracy."""
    accuracies = [entry["accuracy"] for entry in read_json(folder / "measured.json")["accuracy"].values()]
    return f"| `{folder.name}` | {sum(accuracies) / len(accuracies):.1%} |"
