import os
import threading

import numpy as np
import pytest

from playground.runtime.contracts import Frame
from playground.runtime.results import ResultMemory, is_personal, result_key
from playground.runtime.sessions import Attachment
from tests.fakes import CountRequest
from tests.runtime.engines import PATIENCE, Position, WalkRequest
from tests.sample_request import SampleRequest, Upload

TYPES = (Frame, Position)
SIZE = 4096  # bytes that one remembered run takes at least, see `frames`


class Ticks:
    """A clock in nanoseconds that never shows the same time twice."""

    def __init__(self):
        self.now = 10**18

    def __call__(self):
        self.now += 1000
        return self.now


def frames(seed):
    noise = np.random.default_rng(seed).integers(0, 2**63, SIZE // 8).astype(np.float64)
    return [Position(done=1.0, step=seed, at=noise)]


def memory_of(folder, runs=3):
    return ResultMemory(folder / "results", runs * SIZE * 5 // 4, clock=Ticks())


def steps(memory, keys):
    found = {key: memory.recall(key, TYPES) for key in keys}
    return {key: run[0].step for key, run in found.items() if run is not None}


def test_what_is_remembered_comes_back(tmp_path):
    memory = memory_of(tmp_path)
    memory.remember("a", frames(7))
    (frame,) = memory.recall("a", TYPES)
    assert frame.step == 7
    np.testing.assert_array_equal(frame.at, frames(7)[0].at)


def test_what_was_never_remembered_is_none(tmp_path):
    assert memory_of(tmp_path).recall("a", TYPES) is None


def test_another_process_finds_it_too(tmp_path):
    memory_of(tmp_path).remember("a", frames(1))
    assert steps(memory_of(tmp_path), "a") == {"a": 1}


def test_the_run_unused_for_longest_leaves_first(tmp_path):
    memory = memory_of(tmp_path, runs=3)
    for seed, key in enumerate("abc"):
        memory.remember(key, frames(seed))
    assert memory.recall("a", TYPES)
    memory.remember("d", frames(3))
    assert steps(memory, "abcd") == {"a": 0, "c": 2, "d": 3}


def test_the_folder_never_outgrows_its_budget(tmp_path):
    memory = memory_of(tmp_path, runs=3)
    for seed in range(8):
        memory.remember(str(seed), frames(seed))
        assert sum(entry.stat().st_size for entry in os.scandir(tmp_path / "results")) <= 3 * SIZE * 5 // 4


def test_fields_that_only_change_the_drawing_are_no_part_of_the_key():
    keys = {result_key("counting", CountRequest(length=3, loud=loud), {}) for loud in (False, True)}
    assert len(keys) == 1
    assert result_key("counting", CountRequest(length=4), {}) not in keys


def test_a_run_larger_than_the_budget_is_not_kept(tmp_path):
    memory = ResultMemory(tmp_path, 100)
    memory.remember("a", frames(0))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("damage", [b"", b"short", b"x" * 5000])
def test_a_damaged_file_is_ignored_and_removed(tmp_path, damage):
    memory = memory_of(tmp_path)
    memory.remember("a", frames(0))
    (tmp_path / "results" / "a").write_bytes(damage)
    assert memory.recall("a", TYPES) is None
    assert not (tmp_path / "results" / "a").exists()


def test_every_flipped_bit_is_noticed(tmp_path):
    memory = memory_of(tmp_path)
    memory.remember("a", frames(0))
    path = tmp_path / "results" / "a"
    content = path.read_bytes()
    for place in range(0, len(content), 211):
        path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        assert memory.recall("a", TYPES) is None


def test_frames_of_an_older_engine_are_removed(tmp_path):
    memory = memory_of(tmp_path)
    memory.remember("a", frames(0))
    assert memory.recall("a", (Frame,)) is None
    assert list((tmp_path / "results").iterdir()) == []


def test_frames_that_cannot_be_kept_do_no_harm(tmp_path, caplog):
    memory_of(tmp_path).remember("a", [Position(done=1.0, step=0, at=object())])
    assert "could not be remembered" in caplog.text


def test_a_disk_that_refuses_does_no_harm(tmp_path, caplog):
    (tmp_path / "results").write_text("in the way")
    memory = memory_of(tmp_path)
    memory.remember("a", frames(0))
    assert memory.recall("a", TYPES) is None
    assert "could not be remembered" in caplog.text


def test_an_interrupted_write_leaves_nothing(tmp_path, monkeypatch):
    def refuse(source, target):
        raise OSError("disk full")

    memory = memory_of(tmp_path)
    monkeypatch.setattr(os, "replace", refuse)
    memory.remember("a", frames(0))
    assert list((tmp_path / "results").iterdir()) == []


def test_only_forgotten_half_files_are_swept(tmp_path):
    memory = memory_of(tmp_path)
    folder = tmp_path / "results"
    folder.mkdir()
    for name, age in (("old.tmp", 2 * 3600), ("new.tmp", 60)):
        (folder / name).write_bytes(b"half")
        os.utime(folder / name, ns=(10**18 - age * 10**9,) * 2)
    memory.remember("a", frames(0))
    assert {path.name for path in folder.iterdir()} == {"a", "new.tmp"}


def test_a_reader_sees_a_whole_run_or_none(tmp_path):
    memory, over, seen = memory_of(tmp_path), threading.Event(), []

    def read():
        while not over.is_set():
            seen.append(memory.recall("a", TYPES))

    reader = threading.Thread(target=read)
    reader.start()
    for seed in range(60):
        memory.remember("a", frames(seed))
    over.set()
    reader.join(PATIENCE)
    for run in filter(None, seen):
        np.testing.assert_array_equal(run[0].at, frames(run[0].step)[0].at)


GROUND = {"engine": "1", "torch": "2.8", "device": "cpu", "dtype": "float32"}


def test_equal_requests_have_one_key():
    first, second = WalkRequest(steps=5), WalkRequest(seed=0)
    weights = {"zoo/a": "1", "zoo/b": "2"}
    turned = dict(reversed(weights.items()))
    assert result_key("walk", first, weights, **GROUND) == result_key("walk", second, turned, **GROUND)


@pytest.mark.parametrize("name", GROUND)
def test_the_key_depends_on_what_the_run_stands_on(name):
    request = WalkRequest()
    other = GROUND | {name: "other"}
    assert result_key("walk", request, {}, **GROUND) != result_key("walk", request, {}, **other)


def test_the_key_depends_on_tab_request_and_weights():
    request = WalkRequest()
    keys = {
        result_key("walk", request, {}, **GROUND),
        result_key("run", request, {}, **GROUND),
        result_key("walk", request.with_(seed=1), {}, **GROUND),
        result_key("walk", request, {"zoo/a": "1"}, **GROUND),
        result_key("walk", request, {"zoo/a": "2"}, **GROUND),
    }
    assert len(keys) == 5


def test_a_file_makes_a_request_personal():
    assert is_personal(WalkRequest(file=Attachment(name="a", size=1, sha256="0" * 64)))
    assert is_personal(SampleRequest(upload=Upload(name="a", size=1)))


def test_a_private_field_counts_once_it_is_filled_in():
    assert is_personal(SampleRequest(table="mine"))
    assert not is_personal(SampleRequest(prompt="anybody's"))
