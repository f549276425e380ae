import hashlib
import threading

import numpy as np
import pytest

from playground.runtime.contracts import State
from playground.runtime.errors import InvalidRequest
from playground.runtime.sessions import FILE_BYTES, Session, Sessions
from tests.runtime.engines import FakeClock, WalkRequest

STATE = State(3, {"at": np.zeros(3)})
REQUEST = WalkRequest()


class FakeRun:
    """A run that ends when it is cancelled."""

    def __init__(self):
        self.ended = threading.Event()

    def cancel(self):
        self.ended.set()


class FakeTimer:
    """A timer that the test lets go off."""

    def start(self):
        pass


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def sessions(clock):
    return Sessions(clock)


def test_a_session_is_found_again(sessions):
    assert sessions.open("ann") is sessions.open("ann") is sessions.find("ann")
    assert sessions.open("bob") is not sessions.open("ann")


def test_nothing_is_kept_for_nobody(sessions):
    assert sessions.open("") is not sessions.open("")
    assert sessions.find("") is None


def test_a_state_is_kept_for_the_request_that_leads_on(sessions):
    session = sessions.open("ann")
    assert session.save(REQUEST, [], STATE)
    assert session.paused(REQUEST.with_(steps=9)).state is STATE
    assert session.paused(REQUEST.with_(seed=1)) is None


def test_a_state_over_64_mb_is_not_kept(sessions):
    session = sessions.open("ann")
    session.save(REQUEST, [], STATE)
    huge = np.broadcast_to(np.float64(0), (8 * 2**20 + 1,))
    assert not session.save(REQUEST, [], State(3, {"at": huge}))
    assert session.paused(REQUEST) is None


def test_a_state_goes_after_15_minutes(sessions, clock):
    session = sessions.open("ann")
    session.save(REQUEST, [], STATE)
    clock.now += 15 * 60
    assert session.paused(REQUEST)
    clock.now += 1
    assert session.paused(REQUEST) is None


def test_old_states_go_when_anybody_comes(sessions, clock):
    session = sessions.open("ann")
    session.save(REQUEST, [], STATE)
    clock.now += 15 * 60 + 1
    sessions.open("bob")
    assert session._paused is None


def test_forgetting_drops_state_and_run(sessions):
    session, run = sessions.open("ann"), FakeRun()
    session.save(REQUEST, [], STATE)
    assert sessions.replace_run(session, run) is None
    sessions.forget("ann")
    assert run.ended.is_set()
    assert sessions.open("ann").paused(REQUEST) is None


def test_forgetting_a_stranger_does_nothing(sessions):
    sessions.forget("nobody")
    assert sessions.find("nobody") is None


def test_a_run_that_outlives_its_session_keeps_nothing_for_the_next(sessions):
    session = sessions.open("ann")
    sessions.forget("ann")
    session.save(REQUEST, [], STATE)
    assert sessions.open("ann").paused(REQUEST) is None


def test_an_idle_hour_ends_a_session_unless_it_runs(sessions, clock):
    sessions.open("idle").attach("file", "a.txt", b"a")
    busy, run = sessions.open("busy"), FakeRun()
    sessions.replace_run(busy, run)
    clock.now += 3601
    sessions.open("bob")
    assert sessions.find("idle") is None
    assert sessions.find("busy") is busy


def test_an_attachment_comes_back(sessions):
    session = sessions.open("ann")
    attachment = session.attach("file", "C:/secret/../notes.txt", b"words")
    assert attachment.name == "notes.txt"
    assert (attachment.size, attachment.sha256) == (5, hashlib.sha256(b"words").hexdigest())
    assert session.attachment("file", attachment) == b"words"


@pytest.mark.parametrize("name", ["../../etc/passwd", "a\x00b", "x" * 5000, "", ".."])
def test_no_file_name_reaches_the_disk(sessions, name):
    session = sessions.open("ann")
    attachment = session.attach("file", name, b"words")
    assert [len(path.name) for path in session._folder.iterdir()] == [64]
    assert session.attachment("file", attachment) == b"words"


def test_a_new_upload_replaces_the_one_before(sessions):
    session = sessions.open("ann")
    first, second = session.attach("file", "a", b"first"), session.attach("file", "b", b"second")
    assert session.attachment("file", second) == b"second"
    with pytest.raises(InvalidRequest, match="upload it again"):
        session.attachment("file", first)
    assert len(list(session._folder.iterdir())) == 1


def test_a_visitor_cannot_read_anothers_upload(sessions):
    attachment = sessions.open("ann").attach("file", "a", b"words")
    with pytest.raises(InvalidRequest, match="upload it again"):
        sessions.open("bob").attachment("file", attachment)


def test_uploads_go_when_the_visitor_leaves(sessions):
    session = sessions.open("ann")
    attachment = session.attach("file", "a", b"words")
    folder = session._folder
    sessions.forget("ann")
    assert not folder.exists()
    with pytest.raises(InvalidRequest, match="upload it again"):
        session.attachment("file", attachment)


def test_uploads_go_with_a_session_that_nobody_holds():
    session = Session(FakeClock())
    session.attach("file", "a", b"words")
    folder = session._folder
    del session
    assert not folder.exists()


def test_only_a_run_that_has_ended_is_let_go(sessions):
    session, run = sessions.open("ann"), FakeRun()
    sessions.replace_run(session, run)
    sessions.drop_run(session, run)
    assert session.run is run
    run.cancel()
    sessions.drop_run(session, FakeRun())
    assert session.run is run
    sessions.drop_run(session, run)
    assert session.run is None


def test_a_file_goes_after_an_idle_hour_even_if_nobody_comes(sessions, clock, monkeypatch):
    looks = []
    monkeypatch.setattr(threading, "Timer", lambda seconds, look: looks.append(look) or FakeTimer())
    attachment = sessions.attach("ann", "file", "a", b"words")
    sessions.attach("ann", "file", "a", b"words")
    folder = sessions.find("ann")._folder
    looks.pop()()
    assert sessions.find("ann").attachment("file", attachment) == b"words"
    clock.now += 3601
    looks.pop()()
    assert not folder.exists()
    assert looks == []


def test_a_file_over_5_mb_is_refused_and_the_one_before_stays(sessions):
    session = sessions.open("ann")
    kept = session.attach("file", "a", b"words")
    with pytest.raises(InvalidRequest, match=r"b\.zip is larger than 5 MB"):
        session.attach("file", "b.zip", b"x" * (FILE_BYTES + 1))
    assert session.attachment("file", kept) == b"words"
