from __future__ import annotations

import torch

from models.nets.directions import load_directions, move, read_about, save_directions

NOISE = [torch.zeros(2, 1, 2, 2), torch.ones(2, 1, 4, 4)]
GLASSES = [None, torch.full((1, 4, 4), 0.5)]


def test_a_move_changes_only_the_groups_of_its_direction():
    top, bottom = move(NOISE, GLASSES, 2)
    assert torch.equal(top, NOISE[0])
    assert torch.equal(bottom, torch.full((2, 1, 4, 4), 2.0))


def test_moving_there_and_back_changes_nothing():
    there = move(NOISE, GLASSES, 1.5)
    assert all(torch.equal(now, before) for now, before in zip(move(there, GLASSES, -1.5), NOISE, strict=True))


def test_directions_come_back_as_they_were_saved(tmp_path):
    directions = {"glasses": GLASSES, "beard": [torch.ones(1, 2, 2), None]}
    save_directions(tmp_path, directions, {"glasses": {"confirmed": 0.9}, "beard": {"confirmed": 0.5}})
    loaded = load_directions(tmp_path)
    assert list(loaded) == ["glasses", "beard"]
    assert loaded["glasses"][0] is None
    assert torch.equal(loaded["beard"][0], torch.ones(1, 2, 2))
    assert read_about(tmp_path)["directions"]["glasses"]["confirmed"] == 0.9


def test_a_model_without_directions_has_none(tmp_path):
    assert load_directions(tmp_path) == {}
