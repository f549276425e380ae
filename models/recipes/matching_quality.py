"""Measure the models of text matching of a language on scored pairs, and write their cards.

    python -m models.recipes.matching_quality {en,zh} [METHOD ...] --data DIR

DIR holds ``pairs``. The rank correlation (Spearman) of every model's scores with those given by people, on the dev part
that chose its epoch and on the test part that nothing was chosen on, and the same of the base as it was. Of the Chinese
base also the whitened mean, which needs no training: vectors are shifted and turned so that those of the training
sentences are uncorrelated and of unit variance (Su et al. 2021, arXiv 2103.15316).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from peft import PeftModel
from torch import Tensor, nn

from models.nets.cross_encoder import CrossEncoder, bert_of
from models.nets.sentence_vectors import SentenceEncoder
from models.recipes import chinese_matching, english_matching
from models.recipes.card import write_card
from models.recipes.matching_command import Family
from models.recipes.matching_training import Scored, cosines, logits, read_scored, spearman
from models.recipes.shipping import ZOO, measured_on, write_json
from models.recipes.training import machine, options_parser

FAMILIES = {"en": english_matching.FAMILY, "zh": chinese_matching.FAMILY}
Sets = dict[str, list[Scored]]
Figures = dict[str, dict[str, float]]


def figures(sets: Sets, score: Callable[[Sequence[Scored]], Tensor]) -> Figures:
    """How many pairs every set has, and the rank correlation on it."""
    return {name: {"pairs": len(pairs), "spearman": spearman(score(pairs), pairs)} for name, pairs in sets.items()}


def scores_of(family: Family, method: str) -> Callable[[Sequence[Scored]], Tensor]:
    """How the shipped model of a method scores pairs (N,)."""
    base, tokenizer = family.new_base()
    folder = ZOO / family.plans[method].id
    tree: Any = CrossEncoder(bert_of(base)) if method == "cross" else base
    model = PeftModel.from_pretrained(tree, folder)
    score = logits if method == "cross" else cosines
    return lambda pairs: score(model, tokenizer, pairs)


def whitening(vectors: Tensor) -> tuple[Tensor, Tensor]:
    """Mean (D,) and map (D, D) under which vectors (N, D) have the unit matrix as covariance."""
    mean = vectors.mean(0)
    rotation, variances, _ = torch.linalg.svd((vectors - mean).T.double().cov())
    return mean, (rotation / variances.clamp_min(1e-9).sqrt()).to(vectors.dtype)


def whitened_cosines(encoder: nn.Module, tokenizer: Any, seen: Sequence[Scored], pairs: Sequence[Scored]) -> Tensor:
    """The cosines (N,) of pairs, whitened on the texts of the pairs `seen`."""
    seen_vectors, vectors = (
        SentenceEncoder(encoder.eval(), tokenizer).encode([text for pair in each for text in pair[:2]])
        for each in (seen, pairs)
    )
    mean, turn = whitening(seen_vectors)
    white = (vectors - mean) @ turn
    return nn.functional.cosine_similarity(white[::2], white[1::2])


def baselines(family: Family, sets: Sets, data: Path) -> dict[str, Figures]:
    """The figures of the base as it was; of one that is no sentence encoder, the whitened mean's too."""
    base, tokenizer = family.new_base()
    found = {"base, untouched": figures(sets, lambda pairs: cosines(base, tokenizer, pairs))}
    if family.language == "zh":
        seen = read_scored(data, "zh", "train")
        found["base, whitened"] = figures(sets, lambda pairs: whitened_cosines(base, tokenizer, seen, pairs))
    return found


def main() -> None:
    """Measure what ships, and write measured.json and the card of each."""
    parser = options_parser(__doc__, "folder that holds pairs", 0)
    parser.add_argument("language", choices=FAMILIES)
    parser.add_argument("methods", nargs="*", help="all that ship, if none is named")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    family, data = FAMILIES[options.language], options.data
    sets = {f"stsb-{family.language} {part}": read_scored(data, family.language, part) for part in ("dev", "test")}
    of_base = baselines(family, sets, data)
    for method in options.methods or family.plans:
        folder = ZOO / family.plans[method].id
        if folder.is_dir():
            measured = measured_on(folder) | {"machine": machine(), "sets": figures(sets, scores_of(family, method))}
            write_json(folder / "measured.json", measured | {"baselines": of_base})
            write_card(folder)


if __name__ == "__main__":
    main()
