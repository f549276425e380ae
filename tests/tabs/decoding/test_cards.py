import html
import json
import re

import pytest

from playground.tabs.decoding.cards import rows_html
from playground.tabs.decoding.details import DETAILED_UNTIL, details
from playground.tabs.decoding.loops import Loop
from playground.tabs.decoding.request import DecodingRequest
from playground.tabs.decoding.trace import Trace
from tests.tabs.decoding.traces import LOOPED, row, trace_of

REQUEST = DecodingRequest()


def shown(trace, language="en", sketch=False, **fields):
    return rows_html(trace, REQUEST.with_(**fields), language, sketch=sketch)


def shades(page):
    return [int(shade) for shade in re.findall(r'<i class="w(\d)"', page)]


def acts(page):
    return [json.loads(html.unescape(data)) for data in re.findall(r'data-act="([^"]*)"', page)]


@pytest.mark.parametrize(
    ("changes", "badge"),
    [
        ({"status": "stopped"}, "stopped"),
        ({"status": "limit"}, "reached the limit"),
        (LOOPED, "looping"),
        (LOOPED | {"certified_at": 3}, "never stops: certified at step 3"),
    ],
)
def test_the_badge_says_how_a_row_ended(changes, badge):
    assert f">{badge}</span>" in shown(trace_of(row(**changes)))


def test_a_loop_says_onset_period_and_copies_and_the_steps_that_stopping_it_saved():
    looped = row(status="loop", loop=Loop(2, 3, 9))
    looped.steps_saved = 90
    assert "4 tokens · period 3 from step 2, 9 copies · 90 steps saved" in shown(trace_of(looped))


def test_a_model_that_writes_html_is_shown_as_text():
    page = shown(trace_of(row(1, texts=["<script>alert(1)</script>"], text="</script><b>"), prompt=("<assistant>",)))
    assert "<script" not in page
    assert "<b>" not in page


def test_cards_are_written_in_chinese():
    assert "已停止" in shown(trace_of(row(status="stopped")), "zh")


def test_an_empty_run_has_no_cards():
    assert "<article" not in shown(Trace())


def test_tokens_are_coloured_by_probability():
    assert shades(shown(trace_of(row(3, p_model=[0.0, 0.5, 1.0])))) == [0, 4, 8]


def test_tokens_are_coloured_by_entropy_up_to_six_nats():
    assert shades(shown(trace_of(row(3, entropy=[0.0, 3.0, 9.0])), color="entropy")) == [0, 4, 8]


def test_tokens_are_coloured_by_the_length_of_what_they_repeat():
    repeating = trace_of(row(5, texts=["a", "b", "c", "a", "b"]))
    assert shades(shown(repeating, color="repetition")) == [0, 0, 0, 2, 2]


def test_what_branches_laid_down_counts_as_said_before():
    branched = trace_of(row(2, texts=["a", "b"], first=2), forced=("a", "b"))
    assert shades(shown(branched, color="repetition")) == [2, 2]


def test_forced_tokens_stand_first_in_their_own_style_with_a_way_back():
    page = shown(trace_of(row(2, first=2), forced=("<b>", " sea")), branch=("0:1:7",))
    assert '<i class="forced">&lt;b&gt;</i> <i class="forced">sea</i><i class="w4">a</i>' in page
    assert "4 tokens" in page
    assert {"act": "whole"} in acts(page)


def test_without_branches_there_is_no_way_back():
    assert {"act": "whole"} not in acts(shown(trace_of(row())))


def test_a_reply_of_a_chat_can_be_gone_on_with():
    chat = trace_of(row(text="Fine, thanks."), row(text=" "), prompt=("<user>", "Hi", "<assistant>"))
    assert [act for act in acts(shown(chat)) if act["act"] == "reply"] == [{"act": "reply", "text": "Fine, thanks."}]
    assert not [act for act in acts(shown(trace_of(row(text="Fine.")))) if act["act"] == "reply"]


def test_a_sketch_is_lighter_than_the_drawing_and_cannot_be_reached_with_the_keyboard():
    run = trace_of(*(row(100) for _ in range(4)))
    sketch = shown(run, sketch=True)
    assert len(sketch) < len(shown(run)) / 2
    assert "tabindex" not in sketch
    assert 'tabindex="0"' in shown(run)


def told(trace, language="en"):
    content = re.search(r'class="details">(.*?)</template>', shown(trace, language), re.DOTALL)
    return json.loads(html.unescape(content[1]))


def test_details_hold_what_the_popover_tells():
    data = told(trace_of(row(2, first=3, p_model=[0.12345, 1.0], eos_cut=[False, True]), forced=("x",) * 3))
    (only,) = data["rows"]
    assert (only["first"], only["p"], only["cut"]) == (3, [0.123, 1.0], [1])
    assert only["best"] == [[5, 6, 7]] * 2
    assert only["chance"] == [[0.5, 0.2, 0.1]] * 2
    assert data["texts"] == {"5": "a", "6": "b", "7": "<i>"}


def test_details_of_a_long_run_tell_the_probability_alone():
    data = details(trace_of(row(DETAILED_UNTIL + 1)), "en")
    assert set(data["rows"][0]) == {"first", "p"}
    assert data["texts"] == {}


def test_details_speak_chinese():
    assert told(trace_of(row()), "zh")["labels"]["inspect"] != "Inspect this step"
