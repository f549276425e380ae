import threading

from hypothesis import given
from hypothesis import strategies as st

from playground.runtime.lock import DeviceLine, FairSemaphore
from tests.runtime.engines import PATIENCE, until


def never() -> bool:
    return False


def present(line: FairSemaphore, count: int) -> None:
    """Wait until so many owners are waiting."""
    until(lambda: sum(ticket.present for ticket in tuple(line._line)) == count)


def test_waiters_are_served_in_the_order_of_arrival():
    line, served = FairSemaphore(), []
    assert line.acquire(never)

    def serve(number, ticket):
        assert line.wait(ticket, never)
        served.append(number)
        line.release()

    threads = [threading.Thread(target=serve, args=(number, line.join())) for number in range(8)]
    for thread in reversed(threads):
        thread.start()
    present(line, 8)
    line.release()
    for thread in threads:
        thread.join(PATIENCE)
    assert served == list(range(8))


def test_who_is_away_is_passed_over_and_keeps_the_place():
    line = FairSemaphore()
    away, here = line.join(), line.join()
    assert line.wait(here, never, 0)
    assert line.place(away) == 1
    line.release()
    assert line.wait(away, never, 0)


def test_a_free_semaphore_goes_to_the_first_who_is_there():
    line = FairSemaphore()
    first, second = line.join(), line.join()
    first.present = True
    assert not line.wait(second, never, 0)


def test_a_waiter_can_be_cancelled():
    line, stop, results = FairSemaphore(), threading.Event(), []
    line.acquire(never)
    thread = threading.Thread(target=lambda: results.append(line.acquire(stop.is_set)))
    thread.start()
    present(line, 1)
    stop.set()
    line.wake()
    thread.join(PATIENCE)
    assert results == [False]
    assert len(line) == 0


def test_leaving_moves_the_others_up():
    line = FairSemaphore()
    first, second = line.join(), line.join()
    assert (line.place(first), line.place(second)) == (1, 2)
    line.leave(first)
    line.leave(first)
    assert (line.place(first), line.place(second)) == (0, 1)


def test_it_is_contended_only_while_somebody_waits():
    line = FairSemaphore()
    line.acquire(never)
    line.join()
    assert not line.contended
    thread = threading.Thread(target=lambda: line.acquire(never))
    thread.start()
    present(line, 1)
    assert line.contended
    line.release()
    thread.join(PATIENCE)
    assert not line.contended


def test_eight_threads_never_hold_it_together():
    line, inside, most = FairSemaphore(), [], []

    def work():
        for _ in range(200):
            line.acquire(never)
            inside.append(1)
            most.append(len(inside))
            inside.pop()
            line.release()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert len(most) == 1600
    assert max(most) == 1


@given(st.integers(1, 4), st.lists(st.sampled_from(["join", "take first", "take last", "release", "leave"])))
def test_it_never_admits_more_than_its_permits(permits, steps):
    line, waiting, held = FairSemaphore(permits), [], 0
    for step in steps:
        if step == "join":
            waiting.append(line.join())
        elif step == "release" and held:
            line.release()
            held -= 1
        elif step == "leave" and waiting:
            line.leave(waiting.pop())
        elif step.startswith("take") and waiting:
            ticket = waiting[0 if step == "take first" else -1]
            granted = line.wait(ticket, never, 0)
            assert granted == (held < permits)
            if granted:
                waiting.remove(ticket)
                held += 1
        assert len(line) == len(waiting)
        assert [line.place(ticket) for ticket in waiting] == list(range(1, len(waiting) + 1))


def test_work_before_a_run_is_that_of_earlier_arrivals():
    line = DeviceLine("cpu")
    line.work.update(a=lambda: 3.0, b=lambda: 4.0, c=lambda: 5.0)
    assert line.work_before("a") == 0
    assert line.work_before("c") == 7


def test_the_length_of_a_devices_line_counts_both_lines():
    line = DeviceLine("cpu")
    line.admission.join()
    line.lock.join()
    assert len(line) == 2
