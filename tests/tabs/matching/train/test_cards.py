from dataclasses import replace

import numpy as np
import pytest

from playground.tabs.matching.train.cards import cards_html, scrubber
from playground.tabs.matching.train.frames import TrainFailure
from playground.tabs.matching.train.view import View
from tests.tabs.matching.train.runs import asked


def with_last(view, **fields):
    """The view with other numbers at the end."""
    numbers = {name: np.array(values, dtype=np.float32) for name, values in fields.items()}
    return View(view.start, [*view.frames[:-1], replace(view.frames[-1], **numbers)])


def test_there_is_a_row_for_each_loss(run):
    html = cards_html(*run, "en")
    assert html.count('class="mark"') == 3
    assert "80 pairs to train on" in html
    assert "After 20 steps" in html


def test_the_best_ranking_is_named(run):
    view, request = run
    html = cards_html(with_last(view, spearman=[0.5, 0.2, 0.999]), request, "en")
    assert "Highest validation Spearman at this moment: CoSENT, 0.999." in html


def test_where_none_ranks_better_that_is_said(run):
    view, request = run
    assert "no loss ranks the validation pairs better" in cards_html(with_last(view, spearman=[-1] * 3), request, "en")


def test_a_classifier_that_gets_better_while_the_ranking_falls_is_told(run):
    view, request = run
    view = with_last(view, spearman=[0.9, -0.5, 0.9], accuracy=[1, 1, 1])
    assert "SBERT (softmax): training accuracy" in cards_html(view, request, "en")


def test_a_loss_that_fits_the_training_pairs_alone_is_told(run):
    view, request = run
    html = cards_html(with_last(view, spearman=[0.9, 0.9, -0.5], training_spearman=[0, 0, 1]), request, "en")
    assert "CoSENT: training Spearman" in html
    assert "It fits the training pairs and no others." in html


def test_at_the_start_no_loss_has_won(run):
    view, request = run
    assert "Highest" not in cards_html(view, request.with_(moment=0), "en")


def test_a_failure_is_a_sentence_that_says_what_to_do(run):
    view, request = run
    html = cards_html(View(view.start, view.frames, TrainFailure(0.5, 7, "angle")), request, "en")
    assert "AnglE: the loss was not a finite number at step 7" in html
    assert "Lower the learning rate" in html


def test_numbers_that_are_none_are_dashes(run):
    view, request = run
    nothing = {name: [np.nan] * 3 for name in ("loss", "accuracy", "cosine_accuracy", "training_spearman", "spearman")}
    assert "nan" not in cards_html(with_last(view, **nothing), request, "en")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_before_a_run_there_is_nothing(language):
    assert cards_html(View(), asked(), language) == ""
    assert scrubber(View(), asked(), language) is None


def test_the_scrubber_rests_while_a_run_goes_on(run):
    view, request = run
    assert scrubber(view, request, "en").enabled
    assert not scrubber(view, request, "en", live=True).enabled
    assert scrubber(view, request.with_(moment=500), "en").said == "step 10 of 20"
