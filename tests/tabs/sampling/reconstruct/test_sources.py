import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.tabs.sampling.reconstruct.request import EXAMPLES
from playground.tabs.sampling.reconstruct.sources import SHAPES, example, fitted, squared


def plain(height, width, colour):
    return np.broadcast_to(np.array(colour, np.uint8), (height, width, 3))


@pytest.mark.parametrize("kind", ["avatar", "pixel-art", "garment", "noise", "grey"])
@pytest.mark.parametrize("number", [1, EXAMPLES])
def test_there_are_48_examples_of_every_kind(kind, number):
    picture = example(kind, number)
    assert picture.dtype == np.uint8
    assert picture.shape[2] == 3
    assert (picture == example(kind, number)).all()


@pytest.mark.parametrize("name", SHAPES)
def test_noise_is_as_strong_for_every_set(name):
    seen, steps = fitted(example("noise", 1, name), name, invert=True)
    assert steps in ((), ("inverted",))
    assert seen.std() == pytest.approx(255 / 12**0.5, rel=0.06)


def test_examples_differ():
    assert len({example("avatar", number).tobytes() for number in range(1, EXAMPLES + 1)}) == EXAMPLES
    assert example("grey", EXAMPLES).min() == 255


@pytest.mark.parametrize(
    ("kind", "name"), [("avatar", "avatars32"), ("pixel-art", "pixelart16"), ("garment", "fashion28")]
)
def test_a_sets_own_pictures_are_seen_as_they_are(kind, name):
    for number in range(1, EXAMPLES + 1):
        picture = example(kind, number)
        seen, steps = fitted(picture, name, invert=True)
        assert (np.broadcast_to(seen, picture.shape) == picture).all()
        assert steps == ()


@given(st.sampled_from(list(SHAPES)), st.integers(1, 90), st.integers(1, 90), st.booleans(), st.integers(0, 99))
@settings(max_examples=40)
def test_any_picture_fits_any_set(name, height, width, invert, seed):
    picture = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    seen, steps = fitted(picture, name, invert=invert)
    side, channels = SHAPES[name]
    assert (seen.shape, seen.dtype) == ((side, side, channels), np.uint8)
    assert ("cropped" in steps) == (height != width)


def test_the_middle_square_is_kept():
    picture = np.zeros((2, 6, 3), np.uint8)
    picture[:, 2:4] = 200
    assert (squared(picture) == 200).all()
    assert (squared(picture.transpose(1, 0, 2)) == 200).all()


def test_a_smaller_pixel_is_the_mean_of_those_it_stands_for():
    picture = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    means = picture.reshape(32, 2, 32, 2, 3).mean((1, 3))
    seen, steps = fitted(picture, "avatars32", invert=False)
    assert np.abs(seen - means).max() <= 1  # Pillow rounds rows, then columns
    assert steps == ("smaller",)


def test_a_larger_pixel_is_one_of_the_old_ones():
    picture = np.random.default_rng(0).integers(0, 256, (16, 16, 3), np.uint8)
    seen, steps = fitted(picture, "avatars32", invert=False)
    assert (seen == picture.repeat(2, 0).repeat(2, 1)).all()
    assert steps == ("larger",)


def test_a_light_background_is_inverted_for_garments_alone_and_said():
    picture = plain(28, 28, (250, 250, 250)).copy()
    picture[10:18, 10:18] = 0
    seen, steps = fitted(picture, "fashion28", invert=True)
    assert (seen[0, 0, 0], seen[14, 14, 0]) == (5, 255)
    assert steps == ("inverted",)
    assert fitted(picture, "fashion28", invert=False)[1] == ()
    assert fitted(255 - picture, "fashion28", invert=True)[1] == ()
    assert "inverted" not in fitted(picture, "avatars32", invert=True)[1]


def test_colours_become_grey_by_their_lightness():
    seen, steps = fitted(plain(28, 28, (255, 0, 0)), "fashion28", invert=True)
    assert set(seen.ravel().tolist()) == {76}  # 0.299 of 255
    assert steps == ("grey",)
