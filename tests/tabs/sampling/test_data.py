import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits

from playground.tabs.sampling.data import ASSETS, load

SHAPES = {"digits": (1, 8, 8), "fashion-mnist": (1, 28, 28), "pixel-art": (3, 16, 16)}


@pytest.mark.parametrize(("name", "train", "test"), [("digits", 1437, 360), ("fashion-mnist", 2048, 512)])
def test_a_set_has_pictures_to_learn_from_and_others_to_be_tested_on(name, train, test):
    data = load(name)
    assert data.train.shape == (train, *SHAPES[name])
    assert data.test.shape == (test, *SHAPES[name])
    assert data.test_labels.shape == (test,)


@pytest.mark.parametrize("name", SHAPES)
def test_pixels_go_from_0_to_1(name):
    data = load(name)
    assert data.shape == SHAPES[name]
    for pictures in (data.train, data.test):
        assert pictures.dtype == torch.float32
        assert pictures.is_contiguous()
        assert pictures.min() == 0
        assert pictures.max() == 1


@pytest.mark.parametrize("name", SHAPES)
def test_every_class_is_among_the_test_pictures(name):
    data = load(name)
    assert sorted(set(data.test_labels.tolist())) == list(range(len(data.classes)))


def test_the_digits_are_those_of_scikit_learn_each_with_its_label():
    data, digits = load("digits"), load_digits()
    known = {image.tobytes(): label for image, label in zip(digits.images.astype(int), digits.target, strict=True)}
    told = [known[(picture[0].numpy() * 16).astype(int).tobytes()] for picture in data.test]
    assert told == data.test_labels.tolist()
    assert len(data.train) + len(data.test) == len(digits.images)


def test_a_picture_that_ships_keeps_its_bytes():
    with np.load(ASSETS / "pixel-art.npz") as stored:
        bytes_ = stored["images"][7]
    assert ((load("pixel-art").train[7] * 255).round().byte().permute(1, 2, 0).numpy() == bytes_).all()


def test_a_set_is_read_once():
    assert load("digits") is load("digits")
