from playground.tabs.collapse.frames import CollapseFailure
from playground.tabs.collapse.verdicts import BROKEN_OFF, judge
from tests.tabs.collapse.views import view_of


def broken_view():
    view = view_of([0, 10])
    view.fold(CollapseFailure(done=0.1, step=10, variant=1, learning_rate=1e9, largest_weight=3.0))
    return view


def test_the_variant_that_broke_off_is_not_said_to_have_collapsed():
    view = broken_view()
    first, second = judge(view, view.frames[-1])
    assert second == BROKEN_OFF
    assert first != BROKEN_OFF


def test_earlier_pictures_of_a_broken_run_are_judged_by_their_numbers():
    view = broken_view()
    assert BROKEN_OFF not in judge(view, view.frames[0])
