"""The model card of an NVAE: README.md from its shape, its training, its figures and what was seen on its sheet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from models.nets.nvae import NVAEConfig, config_of
from models.recipes.card_parts import count_parameters, front_matter
from models.recipes.picture_notes import NOTES
from models.recipes.sample_sheet import FILE as SHEET
from models.recipes.sheet_notes import notes_table
from models.recipes.shipping import read_json

FINE = "ok"  # what a person notes of a picture with nothing wrong
WEIGHTS = {"average": "the running average of the weights (0.999)", "last": "the last weights"}

CARD = """\
---
{front_matter}---

# {title}

A deep hierarchical variational autoencoder (NVAE, Vahdat and Kautz 2020, arXiv 2007.03898) of {side}x{side} pictures:
{parameters:,} parameters in half precision, {groups} groups of latents at {scales} scales ({shapes}). Written from the
paper; without normalising flows. Pixels follow {likelihood}.

![64 samples at temperature 0.7]({sheet})

64 samples at temperature 0.7, seed 0, none left out: the likeliest pixels, BatchNorm re-adjusted for that temperature.

## Use

```python
import torch
from models.nets.nvae import NVAE

model = NVAE.from_pretrained("models/zoo/{name}").eval()
with torch.inference_mode():
    pictures = model.sample(4, temperature=0.7, seed=0)  # (4, {channels}, {side}, {side}) in [0, 1]
    noise = model.encode(pictures)  # one tensor for every group, from the top
    print(model.decode(noise).mean().shape)
```

`readjusted.safetensors` holds the BatchNorm statistics for sampling at temperatures from 0.1 to 1.2
(`models/nets/readjustment.py`).

## Training

- Data: {data}
- Objective: the evidence lower bound, its KL warmed up over 30 % of the steps and balanced between the groups
  meanwhile, with spectral regularisation 0.01.
- Length: {steps:,} of {planned_steps:,} steps of {batch} pictures, {core_minutes:.0f} core-minutes. Adamax, cosine
  schedule, seed {seed}; {machine}. What ships is {weights}.
- Recipe: `python -m models.recipes.nvae {name} --data DIR`.

## Measured

On the file that ships, computed in float32, {date}, {measured_machine}, seed {measured_seed}, on {test:,} test
pictures. {beside}

{figures}

Fréchet distances of {compared:,} samples to {compared:,} test pictures, on the features of `features-{set}`; as many
training pictures lie at {real_against_real:.2f}. "As trained" and "re-adjusted" are the BatchNorm statistics; pixels
are the mean of their distribution, its likeliest value, or drawn from it.
They cannot be compared with published FIDs, which are taken on another network.

{distances}

## Groups

From the top of the hierarchy, on the test pictures. A unit is a channel, active where its KL is above 0.1 nats.

{by_group}

## Beside the paper

| model | data | figure | cost |
| --- | --- | --- | --- |
| this one | {plural} | {bits:.2f} bits per dimension | {core_minutes:.0f} minutes of one CPU core |
| NVAE without flows | MNIST, binarised | 78.01 nats | 42 hours of a V100 |
| NVAE | CIFAR-10 | 2.91 bits per dimension | 440 hours of a V100 |

Bits per dimension of different data cannot be compared: drawn pictures with flat colours take fewer than photographs.
The figure on MNIST is quoted from a later comparison, the others from the paper's abstract and its repository.

## What is wrong with each of the 64

{seen}

## Licence

Weights: Apache-2.0.
"""


def render(folder: Path) -> str:
    """The card of the model in a folder."""
    config, training, measured = (read_json(folder / f"{name}.json") for name in ("config", "training", "measured"))
    shape = config_of(config)
    name = folder.name.removeprefix("nvae-")
    title, parameters = f"NVAE of {NOTES[name].plural}", count_parameters(folder / "model.safetensors")
    about = {"title": title, "task": "image-vae", "family": "nvae", "pictures": name, "parameters": parameters}
    plain = measured["plain"]
    return CARD.format(
        front_matter=front_matter("", "unconditional-image-generation", ["nvae", "vae"], about, library="whybox"),
        title=title,
        name=folder.name,
        set=name,
        parameters=parameters,
        groups=sum(shape.groups),
        scales=len(set(shape.scale_of_groups())),
        shapes=shapes(shape),
        sheet=SHEET,
        data=NOTES[name].about,
        plural=NOTES[name].plural,
        measured_machine=measured["machine"],
        measured_seed=measured["seed"],
        beside=BESIDE if plain else "",
        figures="\n".join(_figures(training, measured, plain)),
        distances="\n".join(_distances(measured["frechet"], plain and plain["frechet"])),
        weights=WEIGHTS[training["weights"]],
        by_group="\n".join(_groups(shape, measured)),
        seen="\n".join(notes_table(folder, measured["weights_sha256"])),
        bits=measured["bits_per_dimension"],
        likelihood=_likelihood(config),
        **{key: config[key] for key in ("side", "channels")},
        **{key: measured[key] for key in ("date", "test", "compared", "real_against_real")},
        **{key: training[key] for key in ("steps", "planned_steps", "batch", "core_minutes", "seed", "machine")},
    )


def _likelihood(config: dict[str, Any]) -> str:
    """The distribution of a pixel in words."""
    if config["likelihood"] == "logistic":
        return "one discretised logistic, whose scale every channel has in common"
    return f"a mixture of {config['mixtures']} discretised logistics"


BESIDE = (
    "The VAE beside it has one group of latents, at the top, cells of the same kinds, the same likelihood and\n"
    "recipe, and was trained for this comparison only."
)


def row(folder: Path) -> str:
    """The row of the model in README's table of picture models."""
    training, measured = (read_json(folder / f"{name}.json") for name in ("training", "measured"))
    distance = measured["frechet"]["1"]["re-adjusted"]["drawn"]
    bits, minutes = measured["bits_per_dimension"], training["core_minutes"]
    return f"| `{folder.name}` | {bits:.2f} | {distance:.2f} | {measured['real_against_real']:.2f} | {minutes:.0f} |"


def shapes(shape: NVAEConfig) -> str:
    """How many groups of which size, from the top."""
    latents = shape.latent_shapes()
    sizes = list(dict.fromkeys(latents))
    return ", ".join(f"{latents.count(size)} of {size[0]}x{size[1]}x{size[2]}" for size in sizes)


def _figures(training: dict[str, Any], measured: dict[str, Any], plain: dict[str, Any] | None) -> Iterator[str]:
    columns = [training | measured] + ([plain] if plain else [])
    draws, pictures = (measured["importance_weighted"][key] for key in ("draws", "pictures"))
    importance = f"bits per dimension, bound of {draws} draws, {pictures} pictures"
    yield "| figure | NVAE |" + (" plain VAE |" if plain else "")
    yield "| --- |" + " --- |" * len(columns)
    rows = {
        "parameters": lambda column: f"{column['parameters']:,}",
        "steps": lambda column: f"{column['steps']:,}",
        "core-minutes of training": lambda column: f"{column['core_minutes']:.0f}",
        "bits per dimension (negative ELBO)": lambda column: f"{column['bits_per_dimension']:.3f}",
        importance: lambda column: f"{column['importance_weighted']['bits_per_dimension']:.3f}",
        "the same pictures, single draws": lambda column: f"{column['importance_weighted']['single']:.3f}",
        "KL, nats a picture": lambda column: f"{sum(column['kl']):.1f}",
        "active units": lambda column: f"{sum(column['active_units'])} of {column['units'] * len(column['kl'])}",
        "reconstruction, mean squared error": lambda column: f"{column['reconstruction_mse']:.5f}",
    }
    for name, text in rows.items():
        yield f"| {name} | " + " | ".join(map(text, columns)) + " |"


def _distances(ours: dict[str, Any], plain: dict[str, Any] | None) -> Iterator[str]:
    yield "| temperature | BatchNorm | pixels | NVAE |" + (" plain VAE | ratio |" if plain else "")
    yield "| --- | --- | --- | --- |" + (" --- | --- |" if plain else "")
    for temperature, by_statistics in ours.items():
        for statistics, by_pixels in by_statistics.items():
            for pixels, distance in by_pixels.items():
                line = f"| {temperature} | {statistics} | {pixels} | {distance:.2f} |"
                if plain:
                    other = plain[temperature][statistics][pixels]
                    line += f" {other:.2f} | {distance / other:.2f} |"
                yield line


def _groups(shape: NVAEConfig, measured: dict[str, Any]) -> Iterator[str]:
    yield "| group | latents | KL, nats | active units |\n| --- | --- | --- | --- |"
    rows = zip(shape.latent_shapes(), measured["kl"], measured["active_units"], strict=True)
    for number, ((channels, height, width), kl, active) in enumerate(rows, 1):
        yield f"| {number} | {channels}x{height}x{width} | {kl:.2f} | {active} of {channels} |"
