import pytest

from playground.tabs.decoding.why.cards import cards_html
from playground.tabs.decoding.why.request import WhyRequest
from playground.tabs.decoding.why.theorems import THEOREMS
from playground.tabs.decoding.why.trace import Trace
from playground.ui.translations import catalogue


def html(trace, language="en", **fields):
    return cards_html(trace, WhyRequest(**fields), language)


@pytest.mark.parametrize("exhibit", ["repetition", "bigram", "bound"])
def test_nothing_is_shown_before_the_first_frame(exhibit):
    assert html(Trace(), exhibit=exhibit) == ""


def test_the_probe_names_models_sentences_and_controls(trace_of):
    shown = html(trace_of())
    assert "tiny-vanilla (control)" in shown
    assert shown.count("the old man") == 3


def test_the_probe_is_drawn_from_its_first_frame_on(frames_of):
    trace = Trace()
    trace.fold(frames_of()[0])
    assert html(trace).count("tiny-st") == 2


def test_what_was_cut_is_said(trace_of):
    assert "copies fit" in html(trace_of(probed=("zoo/tiny-gpt2",), repeats=64))


def test_hostile_sentences_stay_text(trace_of):
    shown = html(trace_of(sentence="<script>alert(1)</script>", repeats=1))
    assert "<script" not in shown
    assert "&lt;script&gt;" in shown


def test_a_certain_cycle_is_named_with_its_words(trace_of):
    shown = html(trace_of(exhibit="bigram", k=1), exhibit="bigram", k=1)
    assert "never stops, a closed cycle of probability one: “, and the other, and the other,…”" in shown
    assert "∞" in shown
    assert "a closed cycle" not in html(trace_of(exhibit="bigram", k=2), exhibit="bigram", k=2)


@pytest.mark.parametrize(("epsilon", "said"), [(0.001, "before the limit"), (0.0001, "can still look endless")])
def test_the_calculator_says_whether_the_bound_bites_in_time(trace_of, epsilon, said):
    shown = html(trace_of(exhibit="bound", epsilon=epsilon), exhibit="bound", epsilon=epsilon)
    assert said in shown
    for steps in ("69", "693", "1,386", "6,932", "13,863", "69,315"):
        assert f">{steps}<" in shown


def test_every_theorem_stands_on_the_card_and_in_chinese(trace_of):
    shown = html(trace_of(exhibit="bound"), "zh", exhibit="bound")
    chinese = catalogue("zh")
    for theorem in THEOREMS:
        for english in (theorem.name, theorem.statement, theorem.meaning):
            assert chinese[english] in shown.replace("&lt;", "<").replace("&gt;", ">")
