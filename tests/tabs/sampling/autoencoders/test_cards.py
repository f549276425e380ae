import re
from dataclasses import replace

import numpy as np
import pytest

from playground.tabs.sampling.autoencoders.cards import cards_html, scrubber
from playground.tabs.sampling.autoencoders.frames import AutoencodersFailure
from playground.tabs.sampling.autoencoders.view import View


def with_last(view, **fields):
    return View(view.start, [*view.frames[:-1], replace(view.frames[-1], **fields)])


def test_every_treatment_has_a_card_with_both_kinds_of_samples_and_a_map(run):
    html = cards_html(*run, "en")
    assert re.findall(r"<h3><span[^>]*series-(\d)[^>]*></span>([^<]*)<", html) == [
        ("1", "AE"),
        ("2", "AE+BN"),
        ("3", "EAE"),
    ]
    for name in ("AE", "AE+BN", "EAE"):
        for alt in ("from N(0, I)", "from the mixture", "test pictures, and what comes back"):
            assert f'alt="{name}: {alt}"' in html
        assert f'aria-label="{name}: codes of the test pictures' in html


def test_the_numbers_are_those_of_the_picture_that_is_shown(run):
    view, request = run
    for moment, frame in ((0, view.frames[0]), (1000, view.frames[-1])):
        html = cards_html(view, request.with_(moment=moment), "en")
        assert f"FD {frame.frechet[0, 0]:.2f}" in html
        assert f"<dd>{frame.reconstruction[1]:.2f}<" in html


def test_a_run_that_goes_on_shows_its_newest_picture(run):
    view, request = run
    early = request.with_(moment=0)
    assert cards_html(view, early, "en", live=True) == cards_html(view, request, "en")
    assert scrubber(view, early, "en", live=True).said == "step 20 of 20"
    assert scrubber(view, early, "en").said == "step 0 of 20"


@pytest.mark.parametrize(
    ("gap", "said"), [(-0.25, "−0.25<small>nats; over-spread"), (1.5, "1.50<small>nats; N(0, I) 0")]
)
def test_a_negative_gap_is_called_over_spread(run, gap, said):
    view, request = run
    assert said in cards_html(with_last(view, gap=np.full(3, gap, np.float32)), request, "en")


def test_a_card_without_a_map_where_codes_have_more_than_two_numbers(run):
    view, request = run
    assert "latent-map" not in cards_html(with_last(view, points=np.zeros((3, 0, 2), np.float16)), request, "en")


def test_a_failure_says_which_and_what_to_do(run):
    view, request = run
    html = cards_html(View(view.start, view.frames, AutoencodersFailure(0.5, 1200, "aebn")), request, "en")
    assert "AE+BN: the loss was not a finite number at step 1,200" in html


def test_before_the_first_picture_there_is_no_card(run):
    assert cards_html(View(), run[1], "en") == ""
    assert scrubber(View(), run[1], "en") is None
