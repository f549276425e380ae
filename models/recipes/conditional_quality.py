"""Measure the conditional cross-encoder beside six heads and one head, and write its card.

    python -m models.recipes.conditional_quality --data DIR [--sohu]

DIR holds what the recipe reads. On every task the F1 at the threshold that is best for it on dev, and the average
precision; "A" and "B" are the means of F1 over three tasks each, and "score" is the mean of these two, as in the Sohu
competition. The other two networks are read from their states, without which they are left out. With --sohu nothing is
written: the model that ships is measured on the pairs of the competition, which may be measured on and not shipped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from peft import PeftModel, set_peft_model_state_dict
from safetensors.torch import load_file
from sklearn.metrics import average_precision_score, f1_score, precision_recall_curve
from torch import Tensor, nn

from models.nets.conditional_cross_encoder import CRITERIA, ConditionalCrossEncoder
from models.nets.cross_encoder import bert_of
from models.recipes.card import write_card
from models.recipes.chinese_matching import new_base
from models.recipes.conditional_matching import NETWORKS, PLANS, new_reader, task_scores
from models.recipes.corpus import read_rows
from models.recipes.shipping import ZOO, measured_on, write_json
from models.recipes.task_pairs import Judged, judged_pairs
from models.recipes.training import machine, options_parser, state_folder

FOLDER = ZOO / PLANS["conditional"].id
SEED = 2023  # draws the partners of the papers that are measured on
Scores = Mapping[str, tuple[Tensor, Tensor]]  # logits (N,) and labels (N,) by task
Figures = dict[str, dict[str, float]]


def best_threshold(logits: Tensor, labels: Tensor) -> float:
    """The logit from which on calling pairs alike has the highest F1."""
    precision, recall, thresholds = precision_recall_curve(labels.numpy(), logits.numpy())
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-12)
    return float(thresholds[f1[:-1].argmax()])


def figures(dev: Scores, test: Scores) -> Figures:
    """The figures of every task of test, with thresholds from dev, and their means."""
    tasks = {
        task: {
            "pairs": len(labels),
            "alike": float(labels.float().mean()),
            "f1": float(f1_score(labels.numpy(), (logits >= best_threshold(*dev[task])).numpy())),
            "average_precision": float(average_precision_score(labels.numpy(), logits.numpy())),
        }
        for task, (logits, labels) in test.items()
    }
    return tasks | {"all": means(tasks)}


def means(tasks: Figures) -> dict[str, float]:
    """The mean F1 under each criterion, and the mean of these."""
    each = {
        criterion: float(np.mean([found["f1"] for task, found in tasks.items() if task.endswith(criterion)]))
        for criterion in CRITERIA
    }
    return each | {"score": float(np.mean(list(each.values())))}


def shipped() -> tuple[nn.Module, Any]:
    """The model of the zoo and its tokenizer."""
    base, tokenizer = new_base()
    tree: Any = ConditionalCrossEncoder(bert_of(base))
    return PeftModel.from_pretrained(tree, FOLDER), tokenizer


def from_state(name: str) -> nn.Module | None:
    """The best epoch of a network that is not shipped, None where it was not trained."""
    best = state_folder(PLANS[name].id) / "best.safetensors"
    if not best.is_file():
        return None
    model = new_reader(name, new_base()[0], PLANS[name].seed)
    set_peft_model_state_dict(model, load_file(best))
    return model


def measured(model: nn.Module, tokenizer: Any, dev: Sequence[Judged], test: Sequence[Judged]) -> Figures:
    """The figures of one network."""
    return figures(task_scores(model, tokenizer, dev), task_scores(model, tokenizer, test))


def sohu(model: nn.Module, tokenizer: Any, data: Path) -> None:
    """Print the figures on short pairs of the competition: thresholds from the dev parts, figures on `sohu-both`."""
    dev: dict[str, tuple[Tensor, Tensor]] = {}
    for criterion in CRITERIA:
        rows = read_rows(data / "pairs" / f"sohu-ss{criterion}" / "dev.jsonl.gz")
        pairs = [Judged(row["a"], row["b"], row["label"] == 1, row["label"] == 1) for row in rows]
        dev |= {task: of for task, of in task_scores(model, tokenizer, pairs).items() if task.endswith(criterion)}
    rows = read_rows(data / "pairs" / "sohu-both" / "test.jsonl.gz")
    both = [Judged(row["a"], row["b"], row["label_a"] == 1, row["label_b"] == 1) for row in rows]
    test = {task: of for task, of in task_scores(model, tokenizer, both).items() if task in dev}
    for task, found in figures(dev, test).items():
        print(task, found)


def main() -> None:
    """Measure, and write measured.json and the card; or print the figures of the competition's pairs."""
    parser = options_parser(__doc__, "folder that holds pairs, seq2seq and classify", SEED)
    parser.add_argument("--sohu", action="store_true", help="measure on the pairs of the competition; write nothing")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    model, tokenizer = shipped()
    if options.sohu:
        sohu(model, tokenizer, options.data)
        return
    dev, test = (judged_pairs(options.data, part, options.seed) for part in ("dev", "test"))
    others = {name: other for name in NETWORKS if name != "conditional" and (other := from_state(name)) is not None}
    compared = {name: measured(other, tokenizer, dev, test) for name, other in others.items()}
    about = measured_on(FOLDER) | {"machine": machine()}
    write_json(FOLDER / "measured.json", about | {"tasks": measured(model, tokenizer, dev, test), "compared": compared})
    write_card(FOLDER)


if __name__ == "__main__":
    main()
