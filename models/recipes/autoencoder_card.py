"""The model card of an autoencoder: README.md from its shape, its training and its figures."""

from __future__ import annotations

from pathlib import Path

from models.recipes.autoencoders import FITTED
from models.recipes.card_parts import count_parameters, front_matter
from models.recipes.picture_notes import NOTES
from models.recipes.shipping import read_json

NAMES = {
    "ae": "Autoencoder",
    "aebn": "Autoencoder with a normalised code",
    "eae": "Entropic autoencoder",
    "vae": "Variational autoencoder",
    "wae": "Wasserstein autoencoder",
}
TREATMENTS = {
    "ae": "The code is left as it comes.",
    "aebn": "BatchNorm without scale and shift fixes the mean and variance of every coordinate of the code.",
    "eae": "BatchNorm without scale and shift fixes the mean and variance of every coordinate of the code, and a\n"
    "nearest-neighbour estimate of its entropy is raised (Ghose, Rashwan and Poupart 2020, arXiv 2002.10631).",
    "vae": "Every picture has a normal about its code, whose KL to N(0, I) is lowered (Kingma and Welling 2014,\n"
    "arXiv 1312.6114). Its codes here are the means.",
    "wae": "The codes' maximum mean discrepancy to N(0, I) is lowered (WAE-MMD, Tolstikhin et al. 2018,\n"
    "arXiv 1711.01558).",
}
TERMS = {
    "ae": "squared error a picture",
    "aebn": "squared error a picture",
    "eae": "squared error a picture less {entropy_weight:g} times the entropy of the batch's codes (k = {neighbours})",
    "vae": "squared error a picture plus {kl_weight:g} times the KL",
    "wae": "squared error a picture plus {mmd_weight:g} times the discrepancy, summed over seven kernel widths",
}
STANDARDISED = (
    "Nothing gave this model's codes a scale: N(0, I) stands for noise with the mean and deviation, coordinate by\n"
    "coordinate, of its training codes, and the gap is of codes less that mean over that deviation.\n"
)

CARD = """\
---
{front_matter}---

# {title}

A convolutional autoencoder of {side}x{side} pictures with a code of {latents} numbers ({parameters:,} numbers in half
precision). {treatment}

It is one of five models (ae, aebn, eae, vae, wae) of {plural} with the same layers, first weights,
batches and steps, which differ in the treatment of the code only: they show what turns a decoder into a generator.

![64 samples from N(0, I)](samples.png)

64 samples from N(0, I), none left out.

![64 samples from the mixture](samples-mixture.png)

64 samples from the mixture of {components} Gaussians that was fitted to the codes of {fitted:,} training pictures.

## Use

```python
import torch
from models.nets.autoencoder import Autoencoder

model = Autoencoder.from_pretrained("models/zoo/{name}").eval()
with torch.inference_mode():
    pictures = model.sample(4, temperature=1.0, seed=0)  # (4, {channels}, {side}, {side}) in [0, 1]
    print(model.encode(pictures).shape, model.sample_mixture(4, seed=0).shape)
```

## Training

- Data: {data}
- Objective: {objective}.
- Length: {steps:,} steps of {batch} pictures, {core_minutes} core-minutes. AdamW, cosine schedule, seed {seed};
  {machine}.
- Recipe: `python -m models.recipes.autoencoders {name} --data DIR`.

## Measured

On the file that ships, computed in float32, {date}, {measured_machine}, seed {measured_seed}.

| figure | value |
| --- | --- |
| squared error of the reconstruction, summed over a picture, {test:,} test pictures | {squared_error:.2f} |
| the same a number, mean | {mean_squared_error:.5f} |
| entropy gap to N(0, I), {compared:,} test pictures | {entropy_gap:.1f} nats |
| Fréchet distance, samples from N(0, I) | {normal:.2f} |
| Fréchet distance, samples from the mixture | {mixture:.2f} |
| Fréchet distance, reconstructions | {reconstructions:.2f} |
| Fréchet distance, as many training pictures | {real_against_real:.2f} |

The entropy gap is the nearest-neighbour estimate of the entropy on as many draws of N(0, I) less that on the codes:
0 of codes that are N(0, I), above 0 of codes with less entropy, below 0 of codes that spread more evenly than draws.
{standardised}Fréchet distances are of {compared:,} pictures to {compared:,} test pictures, on the features of
`features-{set}`; they cannot be compared with published FIDs, which are taken on another network. That of the
reconstructions is what the decoder's blur alone costs.
`python -m models.recipes.autoencoder_quality {name} --data DIR` measures all again.

## Licence

Weights: Apache-2.0.
"""


def render(folder: Path) -> str:
    """The card of the model in a folder."""
    config, training, measured = (read_json(folder / f"{name}.json") for name in ("config", "training", "measured"))
    treatment, name = config["treatment"], folder.name.partition("-")[2]
    title = f"{NAMES[treatment]} of {NOTES[name].plural}"
    about = {
        "title": title,
        "task": "image-autoencoder",
        "family": "autoencoder",
        "treatment": treatment,
        "pictures": name,
        "parameters": measured["parameters"],
    }
    matter = front_matter("", "unconditional-image-generation", ["autoencoder", treatment], about, library="whybox")
    return CARD.format(
        front_matter=matter,
        title=title,
        name=folder.name,
        set=name,
        plural=NOTES[name].plural,
        data=NOTES[name].about,
        parameters=count_parameters(folder / "model.safetensors"),
        treatment=TREATMENTS[treatment],
        fitted=FITTED,
        objective=TERMS[treatment].format(**training["settings"]),
        standardised=STANDARDISED if treatment == "ae" else "",
        mean_squared_error=measured["squared_error"] / (config["channels"] * config["side"] ** 2),
        measured_machine=measured["machine"],
        measured_seed=measured["seed"],
        **measured["frechet"],
        **{key: config[key] for key in ("channels", "side", "latents", "components")},
        **{key: training[key] for key in ("steps", "batch", "core_minutes", "seed", "machine")},
        **{
            key: measured[key]
            for key in ("date", "test", "compared", "squared_error", "entropy_gap", "real_against_real")
        },
    )


def row(folder: Path) -> str:
    """The row of the model in README's table of autoencoders."""
    measured = read_json(folder / "measured.json")
    error, gap = measured["squared_error"], measured["entropy_gap"]
    distances = [*measured["frechet"].values(), measured["real_against_real"]]
    return f"| `{folder.name}` | {error:.2f} | {gap:.1f} | {' | '.join(f'{distance:.2f}' for distance in distances)} |"
