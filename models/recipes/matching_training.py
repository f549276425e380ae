"""What the recipes of text matching share: LoRA adapters over a frozen encoder, and the best epoch on dev.

An adapter is LoRA of rank RANK on every linear map of the layers (Hu et al. 2021, arXiv 2106.09685). Its training
continues where it was cut; after every epoch it is measured on dev, and the best epoch's tensors are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import torch
from peft import LoraConfig, PeftModel, get_peft_model, get_peft_model_state_dict
from safetensors.torch import load_file, save_file
from scipy.stats import spearmanr
from torch import Tensor, nn

from models.losses import matching
from models.nets.cross_encoder import bert_of, mean_state, padded, pair_batches
from models.nets.sentence_vectors import SentenceEncoder
from models.recipes.corpus import read_rows
from models.recipes.shipping import halved, read_json, write_json
from models.recipes.training import Batch, Schedule, machine, state_folder, train

RANK = 16
LINEAR_MAPS = (
    r".*encoder\.layer\.\d+\.(attention\.self\.(query|key|value)|(attention\.output|intermediate|output)\.dense)"
)
LONGEST = 64  # tokens of a text that is trained on, twice as many of a pair that is read together
BATCH = 32  # pairs
GROUPS = 4  # of similar lengths, into which a batch is cut for the network
ALIKE = 0.6  # a score of 3 of 5, from which on Sentence-BERT's classifier is told "alike"

NewBase = Callable[[], tuple[nn.Module, Any]]


class Scored(NamedTuple):
    """Two texts and how alike they are, 0 to 1."""

    a: str
    b: str
    score: float


@dataclass(frozen=True)
class Plan:
    """How an adapter is trained."""

    id: str
    epochs: int
    rate: float
    seed: int


@dataclass(frozen=True)
class Whole(Schedule):
    """A schedule of `steps` steps that is left at step `stop`."""

    of: int = 0

    def rate(self, step: int) -> float:
        """Learning rate at a step, as if `of` steps were to come."""
        return Schedule(self.of, self.peak, self.warm_up, self.clip).rate(step)


class PairEncoder(nn.Module):
    """An encoder under adapters, and the head that Sentence-BERT's loss needs."""

    def __init__(self, adapted: nn.Module, head: nn.Module | None = None) -> None:
        super().__init__()
        self.adapted, self.head = adapted, head

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Mean states (B, D) of rows ids (B, T); rows of similar lengths go through the network together."""
        body, lengths = bert_of(self.adapted), mask.sum(1)
        order = lengths.argsort()
        means = []
        for rows in order.chunk(GROUPS):
            shown = mask[rows, : lengths[rows].max()]
            hidden = body(input_ids=ids[rows, : shown.shape[1]], attention_mask=shown).last_hidden_state
            means.append(mean_state(hidden, shown))
        return torch.cat(means)[order.argsort()]


def read_scored(data: Path, language: str, part: str) -> list[Scored]:
    """The scored pairs of STS-B, of its train, dev or test part."""
    rows = read_rows(data / "pairs" / f"stsb-{language}" / f"{part}.jsonl.gz")
    return [Scored(row["a"], row["b"], row["label"] / 5) for row in rows]


def adapted(base: nn.Module, seed: int, save: Sequence[str] = ()) -> PeftModel:
    """A base under fresh adapters, which change nothing yet; the modules named in `save` are trained whole."""
    torch.manual_seed(seed)
    config = LoraConfig(r=RANK, lora_alpha=2 * RANK, target_modules=LINEAR_MAPS, modules_to_save=list(save) or None)
    model: Any = base
    wrapped = get_peft_model(model, config)
    assert isinstance(wrapped, PeftModel)
    return wrapped


def ready_to_train(base: nn.Module, dropout: float = 0.0) -> nn.Module:
    """The same module under a dropout, and with plain attention, whose way back is the faster one on short rows."""
    for part in base.modules():
        if isinstance(part, nn.Dropout):
            part.p = dropout
    bert_of(base).set_attn_implementation("eager")
    return base


def shuffled(rows: int, seed: int, epoch: int) -> Iterator[list[int]]:
    """Places of rows, BATCH at a time, in the random order of an epoch; the last short batch is left out."""
    order = torch.randperm(rows, generator=torch.Generator().manual_seed(1000 * seed + epoch)).tolist()
    for start in range(0, rows - BATCH + 1, BATCH):
        yield order[start : start + BATCH]


def pair_vectors(model: nn.Module, batch: Batch) -> tuple[Tensor, Tensor, Tensor]:
    """Mean states u and v (B, D) and targets (B,) of a batch: ids and mask (2B, T), first texts first, and targets."""
    ids, mask, targets = batch
    u, v = model(ids, mask).chunk(2)
    return u, v, targets


def cosent_loss(model: nn.Module, batch: Batch) -> Tensor:
    """CoSENT on the graded scores."""
    u, v, targets = pair_vectors(model, batch)
    return matching.cosent(matching.pair_cosines(u, v), targets)


def angle_loss(model: nn.Module, batch: Batch) -> Tensor:
    """AnglE: the ranking losses of angles and of cosines, added."""
    u, v, targets = pair_vectors(model, batch)
    return matching.angle(u, v, targets) + matching.cosent(matching.pair_cosines(u, v), targets)


def mse_loss(model: nn.Module, batch: Batch) -> Tensor:
    """The squared distance of cosines from scores."""
    u, v, targets = pair_vectors(model, batch)
    return matching.cosine_mse(matching.pair_cosines(u, v), targets)


def sbert_loss(model: nn.Module, batch: Batch) -> Tensor:
    """The softmax loss of Sentence-BERT on "alike" against "not alike"."""
    u, v, targets = pair_vectors(model, batch)
    assert isinstance(model, PairEncoder)
    assert model.head is not None
    return nn.functional.cross_entropy(model.head(u, v), (targets >= ALIKE).long())


BI_LOSSES = {"cosent": cosent_loss, "sbert": sbert_loss, "angle": angle_loss, "mse": mse_loss}


def train_bi_encoder(plan: Plan, method: str, base: nn.Module, tokenizer: Any, data: Path, language: str) -> None:
    """Train an encoder's adapters by one of BI_LOSSES on the pairs of a language."""
    pairs, dev = (read_scored(data, language, part) for part in ("train", "dev"))
    first, second = (
        tokenizer([pair[side] for pair in pairs], truncation=True, max_length=LONGEST).input_ids for side in (0, 1)
    )
    encoder = adapted(ready_to_train(base), plan.seed)
    width = bert_of(base).config.hidden_size
    model = PairEncoder(encoder, matching.SoftmaxHead(width) if method == "sbert" else None)

    def batches(epoch: int) -> Iterator[Batch]:
        for places in shuffled(len(pairs), plan.seed, epoch):
            rows = [side[place] for side in (first, second) for place in places]
            yield *padded(rows, tokenizer.pad_token_id), torch.tensor([pairs[place].score for place in places])

    def measure() -> float:
        return spearman(cosines(encoder, tokenizer, dev), dev)

    train_best(plan, model, batches, BI_LOSSES[method], measure, len(pairs) // BATCH)


def cosines(encoder: nn.Module, tokenizer: Any, pairs: Sequence[Scored]) -> Tensor:
    """The cosines (N,) of pairs."""
    vectors = SentenceEncoder(encoder.eval(), tokenizer).encode([text for pair in pairs for text in pair[:2]])
    return (vectors[::2] * vectors[1::2]).sum(1)


def logits(model: nn.Module, tokenizer: Any, pairs: Sequence[Scored]) -> Tensor:
    """A cross-encoder's logits (N,) of pairs."""
    found = torch.empty(len(pairs))
    for places, some in pair_batches(model.eval(), tokenizer, [pair[:2] for pair in pairs]):
        found[places] = some
    return found


def spearman(scores: Tensor, pairs: Sequence[Scored]) -> float:
    """The rank correlation of scores (N,) with those given by people."""
    return float(spearmanr(scores.numpy(), [pair.score for pair in pairs]).statistic)


def train_best(
    plan: Plan,
    model: nn.Module,
    batches: Callable[[int], Iterator[Batch]],
    loss: Callable[[nn.Module, Batch], Tensor],
    measure: Callable[[], float],
    steps: int,
) -> None:
    """Train `plan.epochs` epochs of `steps` steps, and keep the adapters of the one that is best by `measure`.

    The state folder then holds best.safetensors and epochs.json, a row for every epoch.
    """
    folder = state_folder(plan.id)
    seen = read_json(folder / "epochs.json") if (folder / "epochs.json").is_file() else []
    total = plan.epochs * steps
    for epoch in range(len(seen), plan.epochs):
        schedule = Whole((epoch + 1) * steps, plan.rate, warm_up=total // 10, of=total)
        progress = train(model, batches, loss, schedule, folder)
        seen.append({"dev": measure(), "core_minutes": progress.core_seconds / 60})
        print(plan.id, "epoch", epoch + 1, seen[-1], flush=True)
        if seen[-1]["dev"] == max(row["dev"] for row in seen):
            adapters = get_peft_model_state_dict(adapters_of(model))
            save_file({name: tensor.contiguous() for name, tensor in adapters.items()}, folder / "best.safetensors")
        write_json(folder / "epochs.json", seen)


def adapters_of(model: nn.Module) -> PeftModel:
    """The adapted part of what was trained."""
    return next(part for part in model.modules() if isinstance(part, PeftModel))


def ship(plan: Plan, folder: Path, wrapped: PeftModel) -> None:
    """Write the best epoch's adapters in half precision, their configuration and how they were trained."""
    state = state_folder(plan.id)
    seen = read_json(state / "epochs.json")
    best = max(range(len(seen)), key=lambda epoch: seen[epoch]["dev"])
    folder.mkdir(parents=True, exist_ok=True)
    weights = folder / "adapter_model.safetensors"
    save_file(halved(load_file(state / "best.safetensors")), weights, {"format": "pt"})
    weights.chmod(0o644)
    config = wrapped.peft_config["default"]
    config.inference_mode = True
    config.save_pretrained(str(folder))
    about = {"seed": plan.seed, "rate": plan.rate, "epochs": len(seen), "of": plan.epochs, "best": best + 1}
    spent = {"core_minutes": seen[-1]["core_minutes"], "machine": machine()}
    write_json(folder / "training.json", about | {"dev": [row["dev"] for row in seen]} | spent)
