from __future__ import annotations

import copy

import pytest
import torch
from torch import nn

from models.nets.nvae import NVAE
from models.nets.readjustment import (
    KEY,
    batch_norms,
    read_readjusted,
    readjust,
    readjust_all,
    save_readjusted,
    statistics_at,
    with_statistics,
)
from tests.models.nets.tiny_nvae import SHIPPED, lively_nvae

ROWS = {KEY: torch.tensor([0.1, 0.5, 1.0]), "top_down.x.running_mean": torch.tensor([[0.0], [4.0], [10.0]])}


def seen_by(model: NVAE, temperature: float, rounds: int) -> dict[str, list[torch.Tensor]]:
    """What each BatchNorm of the top-down tower is given in train mode, round by round."""
    model = copy.deepcopy(model)
    seen: dict[str, list[torch.Tensor]] = {}
    for name, norm in batch_norms(model).items():
        norm.train()
        seen[name] = []
        norm.register_forward_pre_hook(lambda _, given, to=seen[name]: to.append(given[0].double()))
    for number in range(rounds):
        model.decode(model.draw(16, number), temperature)
    return seen


def test_the_statistics_are_means_over_the_rounds_of_what_the_norms_see():
    model = lively_nvae()
    found = readjust(model, 0.6, rounds=3)
    for name, rounds in seen_by(model, 0.6, 3).items():
        means = torch.stack([features.mean((0, 2, 3)) for features in rounds]).mean(0)
        variances = torch.stack([features.var((0, 2, 3)) for features in rounds]).mean(0)
        assert torch.allclose(found[f"{name}.running_mean"].double(), means, atol=1e-5)
        assert torch.allclose(found[f"{name}.running_var"].double(), variances, rtol=1e-4)


def test_every_norm_on_the_way_down_is_adjusted_and_none_on_the_way_up():
    model = lively_nvae()
    down = sum(isinstance(module, nn.BatchNorm2d) for module in model.top_down.modules())
    assert len(readjust(model, 1.0, rounds=1)) == 2 * down
    assert all(name.startswith("top_down.") for name in batch_norms(model))


def test_readjusting_leaves_the_model_as_it_was():
    model = lively_nvae()
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    readjust(model, 0.3, rounds=1)
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())
    assert not any(module.training for module in model.modules())


def test_the_same_seed_gives_the_same_statistics_and_another_others():
    model = lively_nvae()
    first, second, other = (readjust(model, 0.5, rounds=1, seed=seed) for seed in (1, 1, 2))
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert any(not torch.equal(first[name], other[name]) for name in first)


def test_a_model_with_other_statistics_shares_the_parameters_and_not_the_buffers():
    model = lively_nvae()
    adjusted = with_statistics(model, readjust(model, 0.5, rounds=1))
    assert all(a is b for a, b in zip(model.parameters(), adjusted.parameters(), strict=True))
    noise = model.draw(2, 0)
    assert not torch.equal(model.decode(noise, 0.5).mean(), adjusted.decode(noise, 0.5).mean())


@pytest.mark.parametrize(
    ("temperature", "expected"),
    [(0.1, 0.0), (0.5, 4.0), (1.0, 10.0), (0.3, 2.0), (0.75, 7.0), (0.01, 0.0), (1.2, 10.0)],
)
def test_between_two_temperatures_the_statistics_are_linear_and_beyond_them_constant(temperature, expected):
    (found,) = statistics_at(ROWS, temperature).values()
    assert found.item() == pytest.approx(expected, abs=1e-5)


def test_where_no_statistics_were_taken_there_are_none_at_any_temperature():
    assert statistics_at({}, 0.7) == {}


def test_what_is_saved_is_read_again_in_half_precision(tmp_path):
    found = readjust_all(lively_nvae(), (0.4, 0.8), rounds=1)
    save_readjusted(found, tmp_path)
    read = read_readjusted(tmp_path)
    assert torch.equal(read[KEY], torch.tensor([0.4, 0.8]))
    assert read.keys() == found.keys()
    assert all(torch.allclose(read[name], rows, rtol=1e-3, atol=1e-4) for name, rows in found.items())
    assert {rows.dtype for rows in read.values()} == {torch.float32}


def test_a_folder_without_statistics_has_none(tmp_path):
    assert read_readjusted(tmp_path) == {}


@pytest.mark.parametrize("folder", SHIPPED, ids=[folder.name for folder in SHIPPED])
def test_the_statistics_beside_a_shipped_network_are_its_own(folder):
    model = NVAE.from_pretrained(folder).eval()
    shipped, fresh = statistics_at(read_readjusted(folder), 0.7), readjust(model, 0.7, rounds=4)
    assert shipped.keys() == fresh.keys()
    ratios = [shipped[name] / fresh[name] for name in fresh if name.endswith("running_var")]
    assert all(ratio.min() > 0.4 and ratio.max() < 2.5 for ratio in ratios)
