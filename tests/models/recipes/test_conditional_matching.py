import json

import numpy as np
import pytest
import torch
from sklearn.metrics import f1_score

from models.nets.conditional_cross_encoder import TASKS
from models.recipes import conditional_matching as recipe
from models.recipes import conditional_quality as quality
from models.recipes.card import figures_row, render_card
from models.recipes.matching_training import ship
from models.recipes.shipping import write_json
from models.recipes.task_pairs import judged_pairs
from playground.runtime.loaders import Loaded, load
from tests.models.recipes.tiny_conditional import tiny_base, write_data

PAIRS = 8


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return write_data(tmp_path_factory.mktemp("data"))


@pytest.fixture(autouse=True)
def _short(monkeypatch):
    monkeypatch.setattr(recipe, "LONGEST", tiny_base()[0].config.max_position_embeddings)


@pytest.fixture
def quick(monkeypatch, tmp_path):
    """A tiny base, one epoch of small batches, and states in a folder of the test."""
    monkeypatch.setenv("WHYBOX_TRAIN_DIR", str(tmp_path / "train"))
    for module in (recipe, quality):
        monkeypatch.setattr(module, "new_base", tiny_base)
    monkeypatch.setattr(recipe, "BATCH", PAIRS)
    plans = {name: recipe.Plan(f"bert-small-{name}-zh", 1, 1e-3, 0) for name in recipe.NETWORKS}
    for module in (recipe, quality):
        monkeypatch.setattr(module, "PLANS", plans)


@pytest.mark.parametrize("name", recipe.NETWORKS)
def test_every_network_learns_and_answers_by_task(quick, data, name):
    recipe.train_reader(name, data)
    model = quality.from_state(name)
    tokenizer = tiny_base()[1]
    scores = recipe.task_scores(model, tokenizer, judged_pairs(data, "dev", 0))
    assert set(scores) == set(TASKS)
    same = torch.equal(scores["short-short A"][0], scores["short-short B"][0])
    assert same == (name == "shared")


def test_all_networks_see_the_same_batches(data):
    tokenizer, pairs = tiny_base()[1], judged_pairs(data, "train", 0)
    one, other = (list(recipe.epoch_batches(pairs, tokenizer, 0, 0)) for _ in range(2))
    assert all(torch.equal(x, y) for a, b in zip(one, other, strict=True) for x, y in zip(a, b, strict=True))


def test_labels_are_those_of_the_drawn_criterion(data):
    pairs = judged_pairs(data, "train", 0)
    share = {criterion: np.mean([pair.label(criterion) for pair in pairs]) for criterion in "AB"}
    batches = list(recipe.epoch_batches(pairs * 6, tiny_base()[1], 0, 0))
    tasks, labels = (torch.cat([batch[place] for batch in batches]) for place in (2, 3))
    for place, criterion in enumerate("AB"):
        assert float(labels[tasks % 2 == place].mean()) == pytest.approx(share[criterion], abs=0.12)


def test_the_loss_of_a_task_moves_only_its_own_head():
    model = recipe.SixHeads(tiny_base()[0].bert)
    ids, mask = torch.tensor([[2, 5, 6, 3]]), torch.ones(1, 4, dtype=torch.long)
    recipe.task_loss(model, (ids, mask, torch.tensor([4]), torch.ones(1))).backward()
    moved = [any(bool(p.grad.abs().sum()) for p in head.parameters()) for head in model.head.each]
    assert moved == [task == 4 for task in range(len(TASKS))]


def test_the_best_threshold_has_the_highest_f1_of_all_cuts():
    logits, labels = torch.tensor([3.0, 1.0, 1.0, 0.5, -1.0]), torch.tensor([True, False, True, True, False])
    best = f1_score(labels, logits >= quality.best_threshold(logits, labels))
    assert best == max(f1_score(labels, logits >= cut) for cut in logits)


def test_the_competitions_score_is_the_mean_of_both_criteria():
    tasks = {task: {"f1": value} for task, value in zip(TASKS, (0.6, 0.3, 0.7, 0.4, 0.8, 0.5), strict=True)}
    found = quality.means(tasks)
    assert (found["A"], found["B"], found["score"]) == pytest.approx((0.7, 0.4, 0.55))


def test_what_is_shipped_is_what_the_playground_loads(quick, data, tmp_path, monkeypatch):
    recipe.train_reader("conditional", data)
    folder = tmp_path / "bert-small-conditional-zh"
    plan = recipe.PLANS["conditional"]
    ship(plan, folder, recipe.new_reader("conditional", tiny_base()[0], plan.seed))
    monkeypatch.setattr(quality, "FOLDER", folder)
    pairs = judged_pairs(data, "dev", 0)
    mine, tokenizer = quality.shipped()
    base = tiny_base()
    loaded = load(folder, "conditional-cross-encoder", torch.device("cpu"), Loaded(*base, torch.device("cpu")))
    expected, found = (recipe.task_scores(model, tokenizer, pairs) for model in (mine, loaded.model))
    for task, (logits, _) in expected.items():
        assert torch.equal(found[task][0], logits)
    write_measured(folder, quality.measured(mine, tokenizer, pairs, pairs))
    assert "condition in every LayerNorm" in render_card(folder)
    assert figures_row(folder).startswith("| `bert-small-conditional-zh` | F1 ")


def write_measured(folder, tasks):
    measured = {"date": "2026-01-31", "machine": "2-core CPU", "tasks": tasks, "compared": {"heads": tasks}}
    write_json(folder / "measured.json", measured)
    json.loads((folder / "measured.json").read_text("utf-8"))
