import json
import re

from playground.tabs.collapse.acts import act
from playground.tabs.collapse.request import MOST_STEPS, CollapseRequest, Variant
from playground.tabs.collapse.transport import transport_html
from playground.ui.tab_view import Click


def asked(html):
    return [json.loads(text.replace("&quot;", '"')) for text in re.findall(r'data-act="([^"]*)"', html)]


def test_every_button_of_the_bar_asks_for_something_that_can_be_done():
    request = CollapseRequest()
    controls = CollapseRequest(predictor="none")
    answers = [act(request, Click(data, lambda: controls)) for data in asked(transport_html(request, "en"))]
    assert [answer.steps for answer in answers[:5]] == [1200, 601, 610, 700, 0]
    assert [answer.speed for answer in answers[5:8]] == ["full", "slow", "slowest"]
    assert answers[8].variant_count() == 2


def test_a_full_bar_has_no_room_for_a_fifth_variant():
    html = transport_html(CollapseRequest(beside=(Variant(),) * 3), "en")
    assert re.findall(r"disabled[^>]*>([^<]*)<", html) == ["Add as a variant"]


def test_the_longest_run_can_only_be_reset():
    html = transport_html(CollapseRequest(steps=MOST_STEPS), "en")
    assert re.findall(r"disabled[^>]*>([^<]*)<", html) == ["▶ Play", "+1", "+10", "+100"]


def test_what_all_variants_have_in_common_is_said_once():
    request = CollapseRequest(dimension=3, beside=(Variant(dimension=3, predictor="none"),))
    assert "In common: d 3." in transport_html(request, "en")
    assert "common" not in transport_html(CollapseRequest(dimension=3), "en")
