"""Train one cross-encoder for six matching tasks, told the task in every LayerNorm, and two others to compare it with.

    python -m models.recipes.conditional_matching {conditional,heads,shared} --data DIR [--export]

DIR holds ``pairs/stsb-zh``, ``seq2seq/csl-title`` and ``classify/csl-category``; task_pairs makes the tasks of them.
All three are LoRA adapters over the project's small Chinese BERT, see the same batches and take the same steps. Only
the first is shipped; "heads" has a head for each task on one shared body, "shared" one head that is told nothing. With
--export nothing is trained: the best epoch by now is written to the zoo.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

# Idle threads must sleep: on contended cores spinning ones make steps many times slower.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import torch
from peft import PeftModel
from sklearn.metrics import average_precision_score
from torch import Tensor, nn

from models.nets.conditional_cross_encoder import CRITERIA, TASKS, ConditionalCrossEncoder, TaskReader, task_of
from models.nets.cross_encoder import CrossEncoder, bert_of, mean_state, padded, pair_batches, pair_rows
from models.recipes.chinese_matching import new_base
from models.recipes.matching_training import BATCH, Plan, adapted, ready_to_train, ship, train_best
from models.recipes.shipping import ZOO
from models.recipes.task_pairs import Judged, batched, judged_pairs
from models.recipes.training import Batch, options_parser

SEED = 2021
EPOCHS, RATE = 6, 1e-3
LONGEST = 192  # tokens of a pair


class OneHead(TaskReader):
    """The same answer whatever the task."""

    def forward(self, ids: Tensor, mask: Tensor, tasks: Tensor) -> Tensor:  # type: ignore[override]
        """Logits (B,)."""
        return CrossEncoder.forward(self, ids, mask)


class Heads(nn.Module):
    """A head of two layers for each task."""

    def __init__(self, width: int) -> None:
        super().__init__()
        each = (nn.Sequential(nn.Linear(width, width), nn.Tanh(), nn.Linear(width, 1)) for _ in TASKS)
        self.each = nn.ModuleList(each)

    def forward(self, states: Tensor) -> Tensor:
        """Logits (B, tasks) of states (B, D)."""
        return torch.cat([head(states) for head in self.each], dim=1)


class SixHeads(TaskReader):
    """One body, and a head of its own for every task."""

    def __init__(self, body: Any) -> None:
        super().__init__(body)
        self.head: Any = Heads(body.config.hidden_size)

    def forward(self, ids: Tensor, mask: Tensor, tasks: Tensor) -> Tensor:  # type: ignore[override]
        """Logits (B,)."""
        hidden = self.body(input_ids=ids, attention_mask=mask).last_hidden_state
        logits: Tensor = self.head(mean_state(hidden, mask))
        return logits.gather(1, tasks.unsqueeze(1)).squeeze(1).float()


# Whole modules are trained beside the adapters: all LayerNorms, too.
NETWORKS: dict[str, tuple[type[TaskReader], tuple[str, ...]]] = {
    "conditional": (ConditionalCrossEncoder, ("head", "LayerNorm", "conditions")),
    "heads": (SixHeads, ("head", "LayerNorm")),
    "shared": (OneHead, ("head", "LayerNorm")),
}
PLANS = {name: Plan(f"bert-small-{name}-zh", EPOCHS, RATE, SEED) for name in NETWORKS}


def new_reader(name: str, base: nn.Module, seed: int) -> PeftModel:
    """A fresh network over the BERT of a base, under fresh adapters."""
    network, whole = NETWORKS[name]
    torch.manual_seed(seed)
    return adapted(network(bert_of(base)), seed, whole)


def task_loss(model: nn.Module, batch: Batch) -> Tensor:
    """The binary cross-entropy of the logits."""
    ids, mask, tasks, labels = batch
    return nn.functional.binary_cross_entropy_with_logits(model(ids, mask, tasks), labels)


def epoch_batches(pairs: Sequence[Judged], tokenizer: Any, seed: int, epoch: int) -> Iterator[Batch]:
    """Batches (ids, mask, tasks, labels) of an epoch: every pair once, under a criterion that is drawn."""
    generator = torch.Generator().manual_seed(1000 * seed + epoch)
    rows = pair_rows(tokenizer, [pair[:2] for pair in pairs], LONGEST)
    drawn = [CRITERIA[place] for place in torch.randint(2, (len(pairs),), generator=generator).tolist()]
    for places in batched(list(map(len, rows)), BATCH, generator):
        tasks = torch.tensor([task_of(pairs[place][:2], drawn[place]) for place in places])
        labels = torch.tensor([float(pairs[place].label(drawn[place])) for place in places])
        yield *padded([rows[place] for place in places], tokenizer.pad_token_id), tasks, labels


def task_scores(model: nn.Module, tokenizer: Any, pairs: Sequence[Judged]) -> dict[str, tuple[Tensor, Tensor]]:
    """Logits (N,) and labels (N,) of the pairs of every task that has any."""
    found = {}
    for criterion in CRITERIA:
        logits = torch.empty(len(pairs))
        for places, some in pair_batches(model.eval(), tokenizer, [pair[:2] for pair in pairs], criterion):
            logits[places] = some
        tasks = torch.tensor([task_of(pair[:2], criterion) for pair in pairs])
        labels = torch.tensor([pair.label(criterion) for pair in pairs])
        for task in sorted(set(tasks.tolist())):
            found[TASKS[task]] = (logits[tasks == task], labels[tasks == task])
    return found


def mean_precision(scores: dict[str, tuple[Tensor, Tensor]]) -> float:
    """The mean over the tasks of the average precision."""
    each = [average_precision_score(labels.numpy(), logits.numpy()) for logits, labels in scores.values()]
    return float(sum(each) / len(each))


def train_reader(name: str, data: Path) -> None:
    """Train one network to the end; its state folder keeps the epoch of the highest mean precision on dev."""
    plan = PLANS[name]
    base, tokenizer = new_base()
    dev = judged_pairs(data, "dev", plan.seed)
    model = new_reader(name, ready_to_train(base), plan.seed)
    steps = len(judged_pairs(data, "train", plan.seed)) // BATCH

    def batches(epoch: int) -> Iterator[Batch]:
        return epoch_batches(judged_pairs(data, "train", plan.seed + epoch), tokenizer, plan.seed, epoch)

    train_best(plan, model, batches, task_loss, lambda: mean_precision(task_scores(model, tokenizer, dev)), steps)


def main() -> None:
    """Train, unless told not to, and write the zoo folder of the one that ships."""
    parser = options_parser(__doc__, "folder that holds pairs, seq2seq and classify", SEED)
    parser.add_argument("network", choices=NETWORKS)
    parser.add_argument("--export", action="store_true", help="write the zoo folder from the state, without training")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    plan = PLANS[options.network]
    if not options.export:
        train_reader(options.network, options.data)
    if options.network == "conditional":
        ship(plan, ZOO / plan.id, new_reader(options.network, new_base()[0], plan.seed))


if __name__ == "__main__":
    main()
