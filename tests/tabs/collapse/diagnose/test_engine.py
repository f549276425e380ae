import io
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.runtime.errors import PlaygroundError
from playground.runtime.frames import pack, unpack
from playground.tabs.collapse.diagnose import engine
from playground.tabs.collapse.diagnose.examples import example
from playground.tabs.collapse.diagnosis import alignment, diagnose

VERDICTS = {
    "healthy": "healthy",
    "complete-collapse": "complete collapse",
    "behind-batch-norm": "dimensional collapse",
    "one-direction": "dimensional collapse",
}


def npy(array):
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def random(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def refused(frames_of, *files, **fields):
    with pytest.raises(PlaygroundError) as error:
        frames_of(*files, **fields)
    return str(error.value)


def measured_or_told(frames_of, name, data, **fields):
    """Whether the outputs in a file got a verdict, or a sentence says why not."""
    try:
        seen = frames_of({"embeddings": (name, data)}, **fields)[-1]
    except PlaygroundError as error:
        return str(error).endswith(".")
    return str(seen.verdict().reason).endswith(".")


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("name", VERDICTS)
def test_each_example_gets_its_verdict_for_every_seed(diagnosed, name, seed):
    seen = diagnosed(example=name, seed=seed)
    assert seen.verdict().kind == VERDICTS[name]
    assert seen.example == name


def test_the_example_behind_a_batch_norm_looks_healthy_to_the_std(diagnosed):
    assert diagnosed(example="behind-batch-norm").std > 0.9


def test_a_file_is_measured_as_it_is(diagnosed):
    z, labels = example("healthy", 3)
    files = {
        "embeddings": ("z.npy", npy(z)),
        "labels": ("y.npy", npy(labels)),
        "second": ("z2.npy", npy(z + 0.1 * random(*z.shape))),
    }
    seen = diagnosed(files)
    expected = diagnose(z, labels)
    assert (seen.std, seen.rank, seen.knn) == (expected.std, expected.rank, expected.knn)
    assert seen.alignment == pytest.approx(alignment(z, z + 0.1 * random(*z.shape)))
    assert (seen.rows, seen.measured, seen.dimension, seen.example) == (512, 512, 64, "")


def test_csv_paste_and_npy_give_the_same_numbers(diagnosed):
    z, labels = random(60, 4), np.arange(60) % 3
    text = "\n".join(",".join(map(repr, [*row.tolist(), int(label)])) for row, label in zip(z, labels, strict=True))
    pasted = diagnosed(pasted=text, label_column=True)
    uploaded = diagnosed({"embeddings": ("z.csv", text.encode())}, label_column=True)
    array = diagnosed({"embeddings": ("z.npy", npy(np.column_stack([z, labels])))}, label_column=True)
    apart = diagnosed({"embeddings": ("z.npy", npy(z)), "labels": ("y.csv", b"\n".join(b"%d" % i for i in labels))})
    numbers = [
        (seen.std, seen.rank, seen.knn, seen.uniformity, seen.classes) for seen in (pasted, uploaded, array, apart)
    ]
    assert numbers[1:] == numbers[:-1]
    assert pasted.classes == ("0", "1", "2")


def test_an_upload_comes_before_what_is_pasted(diagnosed):
    assert diagnosed({"embeddings": ("z.npy", npy(random(9, 5)))}, pasted="1,2\n3,4").dimension == 5


def test_words_are_classes_too(diagnosed):
    files = {"embeddings": ("z.npy", npy(random(4, 3))), "labels": ("y.npy", npy(np.array(["b", "a", "b", "c"])))}
    seen = diagnosed(files)
    assert seen.classes == ("a", "b", "c")
    assert seen.labels.tolist() == [1, 0, 1, 2]
    assert seen.chance == 0.5


def test_rows_that_are_not_finite_are_left_out_with_their_classes(diagnosed):
    seen = diagnosed(pasted="1,2,a\nnan,3,b\n4,inf,b\n5,6,a\n7,-8,c", label_column=True)
    assert (seen.rows, seen.left_out) == (3, 2)
    assert seen.labels.tolist() == [0, 0, 2]
    assert "NaN or infinity: 2." in " ".join(map(str, seen.notes()))


def test_fewer_rows_than_columns_are_remarked(diagnosed):
    seen = diagnosed({"embeddings": ("z.npy", npy(random(10, 40)))})
    assert "10 rows can fill at most 10 of 40 directions" in " ".join(map(str, seen.notes()))
    assert seen.verdict().kind == "healthy"


def test_of_many_rows_a_sample_drawn_with_the_seed_is_measured(diagnosed):
    file = {"embeddings": ("z.npy", npy(random(5000, 4).astype(np.float32)))}
    seen = diagnosed(file)
    assert (seen.rows, seen.measured, len(seen.points)) == (5000, 2048, 2048)
    assert "2,048 are measured" in " ".join(map(str, seen.notes()))
    assert diagnosed(file, seed=1).std != seen.std == diagnosed(file).std


def test_of_wide_outputs_fewer_rows_are_measured(diagnosed):
    seen = diagnosed({"embeddings": ("z.npy", npy(random(1100, 1030).astype(np.float32)))})
    assert (seen.rows, seen.measured, seen.directions) == (1100, 1024, 1024)


def test_without_classes_or_second_view_there_are_no_numbers_for_them(diagnosed):
    seen = diagnosed({"embeddings": ("z.npy", npy(random(30, 4)))})
    assert math.isnan(seen.knn)
    assert math.isnan(seen.alignment)


def test_numbers_too_large_for_a_square_are_measured(diagnosed):
    seen = diagnosed({"embeddings": ("z.npy", npy(1e300 * random(30, 4)))})
    assert seen.std == pytest.approx(diagnosed({"embeddings": ("z.npy", npy(random(30, 4)))}).std)


def test_a_frame_survives_storage_and_is_small(frames_of):
    frames = frames_of()
    assert [type(frame) for frame in unpack(pack(frames), engine.FRAMES)] == [type(frame) for frame in frames]
    assert len(pack(frames)) < 100_000


@pytest.mark.parametrize(
    ("array", "reason"),
    [
        (random(5), "has 1 axes"),
        (random(2, 2, 2), "has 3 axes"),
        (np.float64(3), "has 0 axes"),
        (random(1, 8), "1 rows with finite numbers"),
        (random(8, 1), "1 columns of numbers"),
        (np.full((4, 4), np.nan), "0 rows with finite numbers"),
        (np.zeros((20_001, 2), np.int8), "20,001 × 2"),
        (np.zeros((2, 4_097), np.int8), "2 × 4,097"),
        (np.zeros((0, 5)), "0 rows"),
        (np.zeros((5, 0)), "0 columns"),
        (np.array([["a", "b"]]), "not numbers"),
    ],
)
def test_a_matrix_that_cannot_be_diagnosed_is_refused_in_a_sentence(frames_of, array, reason):
    assert reason in refused(frames_of, {"embeddings": ("z.npy", npy(array))})


def test_things_that_do_not_fit_each_other_are_refused(frames_of):
    outputs = {"embeddings": ("z.npy", npy(random(6, 4)))}
    assert "5 classes for 6 rows" in refused(frames_of, outputs | {"labels": ("y.npy", npy(np.arange(5)))})
    assert "6 × 3, the outputs are 6 × 4" in refused(frames_of, outputs | {"second": ("s.npy", npy(random(6, 3)))})


@given(st.binary(max_size=80), st.sampled_from(["z.npy", "z.csv", "Z.NPY", "z"]), st.booleans())
@settings(max_examples=60)
def test_any_file_is_diagnosed_or_refused_in_a_sentence(frames_of, data, name, label_column):
    assert measured_or_told(frames_of, name, data, label_column=label_column)


NUMBER = st.floats(width=32) | st.sampled_from([0.0, 1.0, math.nan])


@given(st.lists(st.lists(NUMBER, min_size=3, max_size=3), min_size=2, max_size=8))
@settings(max_examples=60)
def test_any_matrix_is_diagnosed_or_refused_in_a_sentence(frames_of, rows):
    assert measured_or_told(frames_of, "z.npy", npy(np.array(rows)))
