import json
import re
from typing import ClassVar

import pytest

from playground.runtime.errors import InvalidRequest
from playground.runtime.requests import TabRequest, control
from playground.runtime.watched import Watched
from playground.ui.tab_view import Click
from playground.ui.transport import Transport, pace, transport_html

MOST = 1000
TRANSPORT = Transport(MOST, play=300)


class Asked(Watched, TabRequest):
    """A live training."""

    tab: ClassVar[str] = "live"

    steps: int = control(100, title="Steps", help="How long.", widget="number", ge=0, le=MOST)
    width: int = control(8, title="Width", help="How wide.", widget="number")


def acts(html):
    return [json.loads(text.replace("&quot;", '"')) for text in re.findall(r'data-act="([^"]*)"', html)]


def click(request=None, at=None, **data):
    return TRANSPORT.act(request or Asked(), Click(data, Asked, at))


def test_every_button_asks_for_something_that_can_be_done():
    answers = [click(**data) for data in acts(transport_html(Asked(), MOST, "en"))]
    assert [answer.steps for answer in answers[:5]] == [400, 101, 110, 200, 0]
    assert [answer.speed for answer in answers[5:]] == ["full", "slow", "slowest"]


def test_a_tab_may_have_more_buttons_at_the_end():
    assert transport_html(Asked(), MOST, "en", "<b>more</b>").endswith("<b>more</b></div>")


def test_the_longest_run_can_only_be_reset():
    html = transport_html(Asked(steps=MOST), MOST, "en")
    assert re.findall(r"disabled[^>]*>([^<]*)<", html) == ["▶ Play", "+1", "+10", "+100"]


def test_play_goes_on_to_the_end_of_a_paused_run_and_beyond_that_of_a_finished_one():
    assert click(at=30, act="play").steps == 100
    assert click(at=100, act="play").steps == 400


def test_steps_count_from_where_the_run_stands():
    assert click(at=30, act="step", steps=10).steps == 40
    assert click(act="step", steps=10).steps == 110


def test_no_run_goes_beyond_its_bound():
    assert click(Asked(steps=MOST - 5), act="play").steps == MOST
    with pytest.raises(InvalidRequest, match="at most 1,000 steps: press Reset"):
        click(Asked(steps=MOST), act="step", steps=1)


def test_what_is_asked_for_starts_at_the_newest_picture():
    assert click(Asked(moment=10), act="play").moment == 1000
    assert click(Asked(moment=10), act="reset").moment == 1000


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"act": "fly"},
        {"act": "step"},
        {"act": "step", "steps": 0},
        {"act": "step", "steps": True},
        {"act": "step", "steps": "1"},
        {"act": "view", "field": "width", "value": 9},
        {"act": "view", "field": "moment", "value": 1001},
    ],
)
def test_what_a_script_makes_up_asks_for_nothing(data):
    with pytest.raises((KeyError, ValueError, TypeError)):
        click(**data)


@pytest.mark.parametrize(("speed", "seconds"), [("full", 0), ("slow", 0.25), ("slowest", 1)])
def test_the_speed_is_how_long_a_picture_stays(speed, seconds):
    assert pace(Asked(speed=speed)) == seconds
