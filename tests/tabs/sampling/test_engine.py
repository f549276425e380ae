import numpy as np
import pytest
import torch

from models.nets.folded_nvae import fold
from models.nets.readjustment import statistics_at
from playground.runtime.errors import InvalidRequest
from playground.runtime.frames import pack, unpack
from playground.tabs.sampling import engine
from playground.tabs.sampling.drawing import to_bytes
from playground.tabs.sampling.frames import GroupMap, Pictures, SamplingStart
from playground.tabs.sampling.presets import PRESETS

MODES = ("sample", "keep", "resample", "mix", "walk", "attributes")


def images(frames, section=0, variant=0):
    found = [frame for frame in frames if isinstance(frame, Pictures)]
    return np.concatenate([frame.images for frame in found if (frame.variant, frame.section) == (variant, section)])


def drawn(model, temperature=0.7, count=3, seed=0):
    folded = fold(model, statistics_at(model.readjusted, temperature))
    with torch.inference_mode():
        return to_bytes(folded.decode(folded.draw(count, seed), temperature).likeliest())


def close(first, second):
    return np.abs(first.astype(int) - second.astype(int)).max() <= 1


def test_samples_are_the_models_own(frames_of, hierarchy):
    assert close(images(frames_of(pictures=3)), drawn(hierarchy))


def test_samples_without_re_adjustment_have_the_statistics_of_the_training(frames_of, hierarchy):
    with torch.inference_mode():
        expected = to_bytes(hierarchy.decode(hierarchy.draw(3, 0), 0.7).likeliest())
    assert close(images(frames_of(pictures=3, readjusted=False)), expected)


def test_a_picture_is_the_same_however_many_are_asked_for(frames_of):
    assert close(images(frames_of(pictures=20))[:3], images(frames_of(pictures=3)))


@pytest.mark.parametrize("mode", MODES)
def test_the_same_request_gives_the_same_frames(frames_of, mode):
    first, second = (frames_of(mode=mode, pictures=3, pixels="sampled") for _ in range(2))
    assert pack(first) == pack(second)


@pytest.mark.parametrize("mode", MODES)
def test_frames_can_be_stored(frames_of, mode):
    frames = frames_of(mode=mode, pictures=2)
    assert pack(unpack(pack(frames), engine.FRAMES)) == pack(frames)


@pytest.mark.parametrize("mode", MODES)
def test_a_run_starts_with_the_hierarchy_and_ends_with_its_map(frames_of, mode):
    start, *_, last = frames_of(mode=mode, pictures=2)
    assert isinstance(start, SamplingStart)
    assert isinstance(last, GroupMap)
    assert last.done == 1
    assert [side.shape for side in last.maps] == [(side, side) for side in start.sides.tolist()]


def test_the_share_that_is_done_grows(frames_of):
    shares = [frame.done for frame in frames_of(pictures=40, beside="pixels")]
    assert shares == sorted(shares)


def test_keeping_all_groups_gives_the_subject_back(frames_of):
    frames = frames_of(mode="keep", keep=3, pictures=2, subject="5:1")
    assert all(np.array_equal(picture, frames[0].picked[0]) for picture in images(frames))


def test_keeping_none_gives_samples_that_nothing_of_the_subject_is_in(frames_of):
    kept_none = [images(frames_of(mode="keep", keep=0, pictures=2, subject=subject)) for subject in ("5:1", "6:2")]
    assert np.array_equal(*kept_none)


def test_a_kept_picture_that_becomes_the_subject_is_itself(frames_of):
    kept = images(frames_of(mode="keep", keep=1, pictures=3, subject="5:1", seed=9))
    chosen = frames_of(mode="keep", keep=2, pictures=1, subject="5:1x1.r9:2")
    assert close(chosen[0].picked[0], kept[2])


def test_drawing_one_group_anew_leaves_the_others(frames_of):
    anew = images(frames_of(mode="resample", group=2, pictures=1, subject="5:1", seed=9))
    whole = frames_of(subject="5:1x1.r9:0x1.5:1", pictures=1)
    assert close(anew[0], whole[0].picked[0])


def test_the_crossed_strip_goes_from_the_second_picture_to_the_first(frames_of):
    frames = frames_of(mode="mix", subject="5:1", second="6:2")
    strip = images(frames, section=1)
    assert len(strip) == 4
    assert close(strip[0], frames[0].picked[1])
    assert close(strip[-1], frames[0].picked[0])


def test_a_mixture_takes_the_chosen_groups(frames_of):
    mixed = images(frames_of(mode="mix", subject="5:1", second="6:2", from_second=(0, 2)))
    whole = frames_of(subject="6:2x1.5:1x1.6:2", pictures=1)
    assert close(mixed[1], whole[0].picked[0])


def test_a_walk_ends_at_both_pictures(frames_of):
    frames = frames_of(mode="walk", pictures=5, subject="5:1", second="6:2")
    for place, picked in ((0, 0), (-1, 1)):
        assert close(images(frames)[place], frames[0].picked[picked])


def test_a_walk_of_one_picture_stays_at_the_subject(frames_of):
    frames = frames_of(mode="walk", pictures=1)
    assert close(images(frames)[0], frames[0].picked[0])


def test_a_move_by_nothing_leaves_the_subject(frames_of):
    frames = frames_of(mode="attributes", subject="5:1", moves=("glasses:0",))
    assert all(close(picture, frames[0].picked[0]) for picture in images(frames))


def test_a_sweep_passes_through_the_moved_picture(frames_of):
    frames = frames_of(mode="attributes", moves=("red hair:1", "glasses:0.5"))
    assert close(images(frames, section=1)[4], images(frames)[1])


def test_a_direction_moves_as_far_at_every_temperature(hierarchy, frames_of):
    noise = [group[1:2] for group in hierarchy.draw(2, 5)]
    folded = fold(hierarchy, statistics_at(hierarchy.readjusted, 0.5))
    moved = [0.5 * a if b is None else 0.5 * a + b for a, b in zip(noise, hierarchy.directions["glasses"], strict=True)]
    with torch.inference_mode():
        expected = to_bytes(folded.decode(moved, 1.0).likeliest())
    shown = images(frames_of(mode="attributes", temperature=0.5, subject="5:1", moves=("glasses:1",)))
    assert close(shown[1], expected[0])


def test_an_unknown_attribute_is_refused(frames_of):
    with pytest.raises(InvalidRequest, match="no direction for wings"):
        frames_of(mode="attributes", moves=("wings:1",))


def test_attributes_of_another_model_do_no_harm_elsewhere(frames_of):
    assert len(frames_of(pictures=1, moves=("wings:1",))) > 0


def test_a_model_without_directions_shows_its_subject(frames_of):
    frames = frames_of(model="zoo/nvae-fashion28", mode="sample", pictures=1)
    assert frames[0].picked.shape == (2, 28, 28, 1)


def test_temperatures_beside_each_other_are_each_their_own(frames_of, hierarchy):
    frames = frames_of(beside="temperature", pictures=3)
    for variant, temperature in enumerate((0.4, 0.7, 1.0)):
        assert close(images(frames, variant=variant), drawn(hierarchy, temperature))


def test_batch_norm_beside_each_other_is_as_trained_then_re_adjusted(frames_of):
    frames = frames_of(beside="BatchNorm", pictures=2)
    for variant, readjusted in enumerate((False, True)):
        assert np.array_equal(images(frames, variant=variant), images(frames_of(pictures=2, readjusted=readjusted)))


def test_pixels_beside_each_other_are_three_readings(frames_of):
    frames = frames_of(beside="pixels", pictures=2)
    for variant, pixels in enumerate(("mean", "likeliest", "sampled")):
        assert np.array_equal(images(frames, variant=variant), images(frames_of(pictures=2, pixels=pixels)))


def test_more_pictures_than_fit_a_batch_come_in_several_frames(frames_of):
    assert [len(frame.images) for frame in frames_of(pictures=40) if isinstance(frame, Pictures)] == [16, 16, 8]


def test_a_cancelled_run_stops_at_once(frames_of):
    assert len(frames_of(until=2, pictures=64)) == 2


def test_the_model_is_left_as_it_was(frames_of, hierarchy):
    before = {name: value.clone() for name, value in hierarchy.state_dict().items()}
    frames_of(beside="temperature", pictures=2)
    assert all(torch.equal(value, before[name]) for name, value in hierarchy.state_dict().items())


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.title)
def test_every_preset_runs(frames_of, preset):
    assert frames_of(**dict(preset.request))[-1].done == 1
