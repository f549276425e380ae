"""What every backend must do. A test class inherits these and gives `backend`, which has the tab of random walks."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from playground.runtime.contracts import Backend, Frame, Update
from playground.runtime.frames import pack, unpack
from tests.runtime.engines import Position, Run, WalkRequest, finished, in_thread, positions, walk

ENDLESS = 10**9


class BackendContract:
    """Inherit, and override :meth:`backend_of`."""

    def backend_of(self, run: Run) -> Backend:
        """A fresh backend with the tab `walk`, answered by `run`."""
        raise NotImplementedError

    @pytest.fixture
    def submit(self) -> Callable[..., Iterator[Update]]:
        return self.backend_of(walk).submit

    def test_exactly_the_last_update_is_final(self, submit):
        updates = list(submit("walk", WalkRequest(steps=4), "ann"))
        assert [update.final for update in updates] == [False] * (len(updates) - 1) + [True]
        assert updates[-1].state == "done"

    def test_all_updates_of_a_run_carry_one_id(self, submit):
        first, second = (list(submit("walk", WalkRequest(steps=2), "ann")) for _ in range(2))
        assert len({update.run_id for update in first}) == len({update.run_id for update in second}) == 1

    def test_every_frame_arrives_in_order(self, submit):
        assert [step for step, _ in positions(submit("walk", WalkRequest(steps=6)))] == [1, 2, 3, 4, 5, 6]

    def test_the_same_request_gives_the_same_frames(self, submit):
        first, second = (positions(submit("walk", WalkRequest(steps=6, seed=3), name)) for name in ("ann", "bob"))
        assert first == second

    def test_frames_can_be_stored(self, submit):
        frames = [update.frame for update in submit("walk", WalkRequest(steps=3)) if update.frame is not None]
        stored = unpack(pack(frames), (Frame, Position))
        assert [frame.done for frame in stored] == [frame.done for frame in frames]

    def test_a_cancelled_run_ends_as_cancelled(self):
        backend = self.backend_of(walk)
        updates = backend.submit("walk", WalkRequest(steps=ENDLESS), "ann")
        assert next(updates).state == "running"
        backend.cancel("ann")
        assert list(updates)[-1].state == "cancelled"

    def test_a_newer_run_of_a_session_cancels_the_older(self):
        backend = self.backend_of(walk)
        older = backend.submit("walk", WalkRequest(steps=ENDLESS), "ann")
        next(older)
        newer = backend.submit("walk", WalkRequest(steps=2, seed=1), "ann")
        assert list(older)[-1].state == "cancelled"
        assert list(newer)[-1].state == "done"

    def test_sessions_do_not_cancel_each_other(self):
        backend = self.backend_of(walk)
        ann, bob = (backend.submit("walk", WalkRequest(steps=3), name) for name in ("ann", "bob"))
        next(ann)
        assert list(bob)[-1].state == "done"
        assert list(ann)[-1].state == "done"

    def test_runs_without_a_session_do_not_cancel_each_other(self):
        backend = self.backend_of(walk)
        first, second = (backend.submit("walk", WalkRequest(steps=3)) for _ in range(2))
        next(first)
        assert list(second)[-1].state == "done"
        assert list(first)[-1].state == "done"

    def test_a_run_can_be_left_at_any_time(self):
        backend = self.backend_of(walk)
        for _ in range(20):
            updates = backend.submit("walk", WalkRequest(steps=ENDLESS), "ann")
            next(updates)
            updates.close()
        assert list(backend.submit("walk", WalkRequest(steps=2), "bob"))[-1].state == "done"

    def test_a_visitor_who_left_ends_the_run(self):
        backend = self.backend_of(walk)
        updates = backend.submit("walk", WalkRequest(steps=ENDLESS), "ann")
        next(updates)
        backend.forget("ann")
        assert list(updates)[-1].state == "cancelled"

    def test_strangers_can_be_cancelled_and_forgotten(self):
        backend = self.backend_of(walk)
        backend.cancel("nobody")
        backend.forget("nobody")
        assert list(backend.submit("walk", WalkRequest(steps=1)))[-1].state == "done"

    def test_an_engines_exception_becomes_a_sentence_with_the_run_id(self):
        def fail(request, context):
            yield Frame(done=0.5)
            raise ZeroDivisionError("secret words")

        updates = list(self.backend_of(fail).submit("walk", WalkRequest()))
        assert updates[-1].state == "failed"
        assert updates[-1].run_id in str(updates[-1].note)
        assert "secret" not in str(updates[-1].note)

    def test_many_runs_at_once_all_end_with_their_own_frames(self):
        backend = self.backend_of(walk)
        requests = [WalkRequest(steps=20, seed=seed) for seed in range(12)]
        alone = [positions(backend.submit("walk", request, "alone")) for request in requests]
        together = [in_thread(backend.submit("walk", request, f"s{request.seed}")) for request in requests]
        assert all(finished(thread) for thread, _ in together)
        assert [positions(seen) for _, seen in together] == alone
