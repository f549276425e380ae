from itertools import combinations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.tabs.collapse.training import Training, groups
from tests.tabs.collapse.trainings import asked, numbers, pictures, small_data, trained

KINDS = ("none", "linear", "mlp", "random", "directpred")
NORMS = ("none", "hidden", "default", "predictor-output")
FOUR = (
    {"predictor": "mlp"},
    {"predictor": "directpred", "batch_norm": "hidden", "stop_gradient": False},
    {"predictor": "none", "batch_norm": "none", "learning_rate": 0.01, "symmetric": False},
    {"predictor": "linear", "batch_norm": "predictor-output", "alternation": 2, "weight_decay": 0.1},
)

variants = st.fixed_dictionaries(
    {
        "stop_gradient": st.booleans(),
        "predictor": st.sampled_from(KINDS),
        "batch_norm": st.sampled_from(NORMS),
        "target": st.sampled_from(["simsiam", "byol", "unaugmented"]),
        "dimension": st.sampled_from([2, 3, 17, 40, 64]),
        "learning_rate": st.sampled_from([0.01, 0.1]),
        "layers": st.integers(1, 3),
        "symmetric": st.booleans(),
        "alternation": st.integers(1, 3),
    }
)
changes = st.tuples(
    st.integers(0, 6),
    st.integers(0, 1),
    st.one_of(
        st.tuples(st.just("stop_gradient"), st.booleans()),
        st.tuples(st.just("predictor"), st.sampled_from(KINDS)),
        st.tuples(st.just("batch_norm"), st.sampled_from(NORMS)),
        st.tuples(st.just("predictor_rate"), st.sampled_from([0.0, 10.0])),
    ),
)


def scheduled(found):
    """Changes as the request wants them: in the order of their steps."""
    return tuple((step, variant, *to) for step, variant, to in sorted(found, key=lambda change: change[0]))


def same(one, other, which, dimension):
    """Whether two runs agree on a variant that stands at two places, at every step."""
    pairs = zip(one, other, strict=True)
    return all(numbers(a, which[0], dimension) == numbers(b, which[1], dimension) for a, b in pairs)


@pytest.mark.parametrize(("dimension", "batch"), [(2, 16), (3, 17), (17, 48), (64, 16), (100, 17)])
def test_a_variants_numbers_do_not_depend_on_those_beside_it_nor_on_its_place(dimension, batch):
    four = [{**variant, "dimension": dimension} for variant in FOUR]
    alone = [pictures(asked(variant, batch=batch), 3) for variant in four]
    for count in (2, 3, 4):
        for chosen in combinations(range(4), count):
            beside = pictures(asked(*(four[number] for number in chosen[::-1]), batch=batch), 3)
            for place, number in enumerate(chosen[::-1]):
                assert same(alone[number], beside, (0, place), dimension)


@settings(max_examples=8, deadline=None)
@given(variants, variants, st.lists(changes, max_size=4))
def test_adding_and_changing_another_variant_changes_nothing_of_this_one(own, other, found):
    mine = [change for change in scheduled(found) if change[1] == 0]
    alone = pictures(asked(own, schedule=mine), 7)
    beside = pictures(asked(own, other, schedule=scheduled(found)), 7)
    assert same(alone, beside, (0, 0), own["dimension"])


@settings(max_examples=8, deadline=None)
@given(variants, variants, st.lists(changes, max_size=4), st.integers(0, 7))
def test_a_resumed_training_is_the_one_that_ran_through(own, other, found, pause):
    request = asked(own, other, schedule=scheduled(found))
    through = pictures(request, 7)
    before = asked(own, other, schedule=tuple(change for change in scheduled(found) if change[0] < pause))
    resumed = Training(request, small_data(), trained(before, pause).state())
    for picture in through[pause:]:
        assert vars(resumed.measure()).keys() == vars(picture).keys()
        for name, value in vars(resumed.measure()).items():
            np.testing.assert_array_equal(value, getattr(picture, name))
        assert resumed.advance()


def test_groups_share_dimension_layers_and_target_whatever_may_change_in_a_run():
    request = asked({}, {"dimension": 3}, {"stop_gradient": False}, {"target": "byol"})
    assert groups(request.variants()) == [[0, 2], [1], [3]]


def test_convolutional_variants_do_not_depend_on_each_other_either():
    shape = (1, 8, 8)
    alone = pictures(asked(FOUR[0]), 3, shape)
    beside = pictures(asked(FOUR[2], FOUR[0]), 3, shape)
    assert same(alone, beside, (0, 1), 64)


def test_a_rate_beyond_all_bounds_ends_in_a_failure_that_names_the_variant():
    training = Training(asked({}, {"learning_rate": 1e9, "batch_norm": "none"}), small_data())
    while training.advance():
        assert training.step < 100
    assert training.failure.variant == 1
    assert training.failure.learning_rate == 1e9
    assert training.failure.step == training.step
    assert np.isfinite(training.measure().loss[0])


def test_after_a_failure_the_last_good_step_is_kept():
    training = Training(asked({"learning_rate": 1e9, "batch_norm": "none"}), small_data())
    while training.advance():
        pass
    assert not any(np.isnan(array).any() for array in training.state().arrays.values() if training.step)


def test_without_cosine_and_predictor_the_measures_have_no_predictors_gradient():
    picture = trained(asked({"predictor": "none"}, {"predictor": "random"}, {}), 1).measure()
    assert np.isnan(picture.predictor_gradient).tolist() == [True, True, False]
    assert np.isfinite(picture.encoder_gradient).all()


def test_more_outputs_than_inputs_in_a_batch_are_fine():
    picture = trained(asked({"dimension": 256}), 2).measure()
    assert np.isfinite(picture.rank).all()
    assert picture.spectrum.shape == (1, 64)


def test_training_leaves_torchs_global_random_numbers_alone():
    before = torch.random.get_rng_state()
    trained(asked({}), 2)
    assert torch.equal(before, torch.random.get_rng_state())
