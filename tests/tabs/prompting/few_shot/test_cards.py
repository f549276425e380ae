import pytest

from playground.tabs.prompting.few_shot.cards import details_html, results_html
from playground.tabs.prompting.few_shot.request import FewShotRequest
from playground.tabs.prompting.few_shot.view import View
from tests.tabs.prompting.few_shot.views import HOSTILE, result, split, step, view_of

REQUEST = FewShotRequest(methods=("pet", "setfit"), shots=(1, 4))
SETS = {
    "generation": 1,
    "accuracies": (0.6, 0.7),
    "sizes": (32, 30),
    "counts": ((16, 16), (15, 15)),
    "right": (0.75, 0.85),
    "texts": ((f"dull {HOSTILE}", "positive", "negative"), ("fine", "positive", "positive")),
}


def test_the_table_has_a_mean_and_its_reach_for_every_method_and_k():
    html = results_html(view_of(result(seed=0, accuracy=0.68), result(seed=1, accuracy=0.72)), REQUEST, "en")
    assert "70.0% ± 25.4" in html
    assert "seeds: 2" in html
    assert html.count("–") == 4  # PET with K = 1, and SetFit's two numbers and seconds


def test_the_card_says_what_the_run_stands_on_and_where_it_is():
    html = results_html(view_of(step()), REQUEST, "en")
    assert "mr: 2 labels, 1,000 texts to learn from, 200 to be judged on · zoo/minilm-mlm-en" in html
    assert "There are 200 test texts: all are used." in html
    assert "PET, K = 4, seed 0: Training, 5 of 30" in html


def test_generations_show_how_many_texts_were_labelled_and_how_rightly():
    first = step("ipet", number=2, accuracy=0.6, generation=0, accuracies=(0.55, 0.6), templates=("a", "b"))
    html = details_html(view_of(first, step("ipet", number=2, accuracy=0.65, templates=("a", "b"), **SETS)), "en")
    assert "8 + 31" in html
    assert "80.0%" in html
    assert "models: 2" in html
    assert "→ positive (it is negative)" in html


def test_patterns_stand_with_their_accuracy_before_and_after():
    details = {"templates": ("{text} [MASK]",), "weights": (0.55,), "accuracies": (0.65,)}
    html = details_html(view_of(step(**details)), "en")
    assert "<code>{text} [MASK]</code>" in html
    assert "55.0%" in html
    assert "65.0%" in html


def test_found_words_stand_with_their_labels():
    html = details_html(view_of(step("automatic-verbalizer", words={"positive": ("lovely", "fine")})), "en")
    assert "lovely, fine" in html


def test_mined_patterns_stand_with_their_losses():
    html = details_html(
        view_of(step("mined-patterns", mined=(("{text} so [MASK]", 0.5), ("x [MASK] {text}", 0.6)))), "en"
    )
    assert "<code>{text} so [MASK]</code>" in html
    assert "0.500" in html


def test_the_labelled_texts_are_listed_up_to_a_dozen():
    html = details_html(view_of(split(shots=8)), "en")
    assert html.count("<li>") == 12
    assert "… and 4 more." in html


@pytest.mark.parametrize("language", ["en", "zh"])
def test_texts_are_escaped(language):
    html = details_html(view_of(split(), step("ipet", accuracy=0.5, templates=("a", "b"), **SETS)), language)
    assert HOSTILE not in html
    assert "&lt;img" in html


def test_nothing_is_shown_before_the_start():
    assert results_html(View(), REQUEST, "en") == details_html(View(), "en") == ""
