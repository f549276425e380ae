from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from models.recipes.training import Schedule, state_folder, train


class Interrupted(Exception):
    pass


def batches(epoch: int) -> Iterator[tuple[Tensor, ...]]:
    generator = torch.Generator().manual_seed(epoch)
    for _ in range(4):
        x = torch.randn(8, 3, generator=generator)
        yield x, x @ torch.tensor([[1.0], [-2.0], [0.5]])


def squared_error(model: nn.Module, batch: tuple[Tensor, ...]) -> Tensor:
    return (model(batch[0]).float() - batch[1]).square().mean()


def network() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(3, 1), nn.Dropout(0.2))  # dropout: random states must be restored too


def weights(model: nn.Module) -> list[Tensor]:
    return [parameter.detach().clone() for parameter in model.parameters()]


def test_an_interrupted_training_ends_where_the_whole_one_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    whole = network()
    train(whole, batches, squared_error, Schedule(10, 0.1, warm_up=2), tmp_path / "whole")

    monkeypatch.setattr("models.recipes.training.SAVE_EVERY_S", 0.0)
    calls = 0

    def interrupt_at_7(model: nn.Module, batch: tuple[Tensor, ...]) -> Tensor:
        nonlocal calls
        calls += 1
        if calls == 7:
            raise Interrupted
        return squared_error(model, batch)

    with pytest.raises(Interrupted):
        train(network(), batches, interrupt_at_7, Schedule(10, 0.1, warm_up=2), tmp_path / "parts")
    torch.manual_seed(99)
    rest = network()
    progress = train(rest, batches, squared_error, Schedule(10, 0.1, warm_up=2), tmp_path / "parts")
    assert progress.step == 10
    for one, other in zip(weights(whole), weights(rest), strict=True):
        assert torch.equal(one, other)


def test_a_finished_training_is_not_done_again(tmp_path: Path):
    model = network()
    train(model, batches, squared_error, Schedule(3, 0.1), tmp_path)
    again = network()

    def refuse(model: nn.Module, batch: tuple[Tensor, ...]) -> Tensor:
        raise AssertionError

    assert train(again, batches, refuse, Schedule(3, 0.1), tmp_path).step == 3
    assert torch.equal(weights(model)[0], weights(again)[0])


def test_training_lowers_the_loss_and_leaves_evaluation_mode(tmp_path: Path):
    model, batch = network(), next(batches(0))
    before = squared_error(model.eval(), batch)
    train(model, batches, squared_error, Schedule(80, 0.1, warm_up=5), tmp_path)
    assert not model.training
    assert squared_error(model, batch) < before / 10


def test_the_rate_rises_to_its_peak_and_falls_to_a_hundredth():
    schedule = Schedule(steps=100, peak=1.0, warm_up=10)
    rates = [schedule.rate(step) for step in range(101)]
    assert rates[:11] == pytest.approx([*(i / 10 for i in range(1, 11)), 1.0])
    assert rates[10:] == sorted(rates[10:], reverse=True)
    assert rates[100] == pytest.approx(0.01)
    assert rates[55] == pytest.approx(0.505)


def test_a_restart_repeats_the_whole_rise_and_fall():
    once, twice = Schedule(steps=60, peak=1.0, warm_up=10), Schedule(steps=160, peak=1.0, warm_up=10, restart=100)
    before = Schedule(steps=100, peak=1.0, warm_up=10)
    assert [twice.rate(step) for step in range(100)] == [before.rate(step) for step in range(100)]
    assert [twice.rate(step) for step in range(100, 161)] == [once.rate(step) for step in range(61)]


def test_states_live_where_the_environment_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("WHYBOX_TRAIN_DIR", str(tmp_path))
    assert state_folder("a") == tmp_path / "a"


def test_chosen_parameters_learn_at_their_multiple_of_the_rate(tmp_path: Path):
    model = network()
    before = weights(model)
    first = model[0].weight
    train(model, batches, squared_error, Schedule(1, 0.01, warm_up=1), tmp_path, multiples=[(first, 10.0)])
    weight, bias = (after - was for after, was in zip(weights(model), before, strict=True))
    assert weight.abs().mean() == pytest.approx(0.1, rel=0.02)  # Adam's first step is the rate, whatever the gradient
    assert bias.abs().mean() == pytest.approx(0.01, rel=0.02)
