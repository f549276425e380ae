import json
import re

import numpy as np
import pytest

from playground.tabs.prompting.fill.cards import cards_html, percentage
from playground.tabs.prompting.fill.figures import figure
from playground.tabs.prompting.fill.frames import TriedWord
from playground.tabs.prompting.fill.request import FillRequest
from playground.tabs.prompting.fill.trace import Trace
from playground.tabs.prompting.fill.word_pieces import pieces_html
from tests.tabs.prompting.fill.conftest import TEXT, WORDS


@pytest.fixture
def shown(trace_of):
    def html(language="en", **fields):
        return cards_html(trace_of(**fields), FillRequest(**{"text": TEXT, "words": WORDS, **fields}), language)

    return html


def test_the_masks_are_numbered_where_they_stand(shown):
    html = shown()
    first, second = (html.index(f'<b class="mask">[MASK] {number}</b>') for number in (1, 2))
    assert first < html.index(">plot<") < second


def test_every_mask_has_as_many_guesses_as_asked_for(shown):
    assert shown(top=3).count("<li>") == 2 * 3


def test_a_guess_can_be_clicked_into_its_mask(shown):
    button = re.search(r'data-act="([^"]*)"', shown(top=1))[1].replace("&quot;", '"')
    assert json.loads(button)["gap"] == 1


def test_a_word_of_several_tokens_bears_a_red_flag(shown):
    html = shown()
    assert html.count('class="flag"') == 2
    assert ">3 tokens<" in html
    assert "2 of these words are several tokens" in html
    assert "flag" not in shown(words="great, bad")


def test_an_unknown_word_is_named_and_has_no_score(shown):
    html = shown(words="great, 龘")
    assert "The model does not know “龘”" in html
    assert ">–<" in html


def test_the_share_is_a_softmax_over_the_words_that_are_known():
    words = [TriedWord(1, word, ("a",), known, np.full((3, 1), p), np.zeros((3, 1))) for word, known, p in WORDS_TRIED]
    shares = Trace(words=words).shares()
    np.testing.assert_allclose(shares[:2, 0], [0.75, 0.25])
    assert np.isnan(shares[2]).all()
    assert np.isnan(Trace(words=words[2:]).shares()).all()


WORDS_TRIED = (("one", True, np.log(0.3)), ("two", True, np.log(0.1)), ("three", False, np.log(0.5)))


def test_the_three_orders_stand_under_each_other(shown):
    html = shown()
    assert "All masks filled" in html
    assert "All masks filled" not in shown(text="it was [MASK]")


def test_text_of_the_visitor_is_escaped(shown):
    assert "<script>" not in shown(text="<script>alert(1)</script> [MASK]", words="<b>x</b>")
    assert "<b>x" not in pieces_html(("<b>x",), True, "en")


def test_the_cards_speak_chinese(shown):
    html = shown("zh")
    assert "模型会写什么" in html
    assert "从左到右" in html


@pytest.mark.parametrize(("share", "said"), [(0.5, "50.0%"), (0.0001, "< 0.1%"), (float("nan"), "–")])
def test_no_share_that_exists_reads_as_zero(share, said):
    assert percentage(share) == said


def test_the_bars_are_the_mean_of_the_pieces_of_the_words_that_are_known(trace_of):
    trace = trace_of(words="sad, 龘, great")
    bars = figure(trace, "en")["data"]
    assert [bar["x"] for bar in bars] == [["sad", "great"]] * 3
    np.testing.assert_allclose(bars[1]["y"][0], trace.words[0].log_probability[1].mean(), rtol=1e-3)
    assert figure(Trace(), "en")["data"] == []


def test_nothing_is_shown_before_the_first_frame():
    assert cards_html(Trace(), FillRequest(), "en") == ""
