import math

import numpy as np
import pytest

from playground.runtime.contracts import Frame
from playground.tabs.sampling.critic.batch_cards import batch_cards_html
from playground.tabs.sampling.critic.cards import cards_html, scrubber
from playground.tabs.sampling.critic.clouds import cloud_svg
from playground.tabs.sampling.critic.figures import curve_switch, figures
from playground.tabs.sampling.critic.frames import Batches, CriticFailure, Likenesses
from playground.tabs.sampling.critic.request import CriticRequest
from playground.tabs.sampling.critic.view import View, fold

SMALL = {"width": 16, "batch": 16, "critics": ("penalty", "c-transform"), "steps": 12}


def batches(sweep="dimension", dimension=64, batch=64, real=1.8, mean=2.2, centres=1.5):
    values = (np.array([value - 0.1, value + 0.1], np.float32) for value in (real, mean, centres))
    return Batches(1.0, sweep, dimension, batch, *values)


def test_there_is_a_card_for_each_critic_with_its_numbers(view_of):
    view, request = view_of(**SMALL), CriticRequest(**SMALL)
    html = cards_html(view, request, "en")
    assert html.count("<article") == html.count("<svg") == 2
    assert "Gradient penalty" in html
    assert f"{view.frames[-1].estimate[1]:.2f}" in html.replace("−", "-")
    assert "Fréchet" not in html
    assert "梯度惩罚" in cards_html(view, request, "zh")


def test_digits_are_pictures_with_a_frechet_distance(view_of):
    fields = SMALL | {"data": "digits", "steps": 0}
    html = cards_html(view_of(**fields), CriticRequest(**fields), "en")
    assert html.count("<img") == 48
    assert html.count("Fréchet distance") == 2


def test_the_moment_chooses_the_picture_and_a_run_that_goes_on_shows_the_newest(view_of):
    view, early = view_of(**SMALL), CriticRequest(**SMALL, moment=0)
    assert scrubber(view, early, "en").said == "step 0 of 12"
    assert scrubber(view, early, "en", live=True).said == "step 12 of 12"
    assert not scrubber(view, early, "en", live=True).enabled


def test_a_run_that_broke_off_says_what_to_do(view_of):
    view = fold(view_of(**SMALL), CriticFailure(0.5, 7, "penalty"))
    assert "step 7, so the run stopped. Lower the learning rate" in cards_html(view, CriticRequest(**SMALL), "en")


def test_estimates_are_drawn_solid_and_exact_distances_dotted(view_of):
    view, request = view_of(**SMALL), CriticRequest(**SMALL)
    first, second = figures(view, request, "en")
    assert [line["line"]["dash"] for line in first["data"]] == ["solid", "dot"] * 2
    assert first["data"][3]["y"] == [float(f"{frame.exact[1]:.4g}") for frame in view.frames]
    assert second["meta" if "meta" in second else "layout"]["meta"]["title"].startswith("Norm of the critic's gradient")


def test_the_share_is_the_estimate_over_the_exact_distance(view_of):
    view, request = view_of(**SMALL), CriticRequest(**SMALL, metric="share")
    drawn, last = figures(view, request, "en")[0]["data"][0]["y"], view.frames[-1]
    assert drawn[-1] == pytest.approx(last.estimate[0] / last.exact[0], rel=1e-3)


def test_only_digits_offer_the_frechet_distance():
    assert "Fréchet" in curve_switch(CriticRequest(data="digits"), "en")
    assert "Fréchet" not in curve_switch(CriticRequest(), "en")
    assert curve_switch(CriticRequest(exhibit="batches"), "en") == ""


@pytest.mark.parametrize("fields", [{}, {"exhibit": "batches"}, {"generator": True, "data": "digits"}], ids=str)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_view_without_frames_is_drawn(fields, language):
    request = CriticRequest(**fields)
    assert len(figures(View(), request, language)) == 2
    assert cards_html(View(), request, language) == batch_cards_html(View(), request, language) == ""


def test_the_batches_card_says_which_is_closer():
    view = View(batches=[batches()])
    request = CriticRequest(exhibit="batches", ground="digits", dimension=512)
    html = batch_cards_html(view, request, "en")
    assert "1.800 ± 0.100" in html
    assert "Copies of the mean are farther" in html
    assert "k-means centres are closer" in html


def test_the_batches_card_waits_for_the_asked_dimension():
    request = CriticRequest(exhibit="batches", dimension=100)
    assert batch_cards_html(View(batches=[batches(dimension=64), batches(dimension=128)]), request, "en") == ""
    assert "100" in batch_cards_html(View(batches=[batches(dimension=64), batches(dimension=100)]), request, "en")


def test_sweeps_are_drawn_over_the_distance_to_the_mean():
    view = View(batches=[batches(dimension=2), batches(dimension=4), batches("batch")])
    first, second = figures(view, CriticRequest(exhibit="batches"), "en")
    assert first["data"][0]["y"] == pytest.approx([1.8 / 2.2] * 2, rel=1e-3)
    assert first["data"][-1]["y"] == pytest.approx([math.sqrt(2)] * 2, rel=1e-3)
    assert second["data"][1]["x"] == [64]


def test_digits_show_what_is_compared():
    pictures = [np.zeros((count, 8, 8, 1), np.uint8) for count in (24, 1, 16)]
    view = fold(View(), Likenesses(0.0, *pictures))
    assert batch_cards_html(view, CriticRequest(exhibit="batches", ground="digits"), "en").count("<img") == 41


def test_points_are_drawn_upwards_and_kept_inside():
    real, fake = np.array([[0.0, 1.5]]), np.array([[9.0, -0.75]])
    svg = cloud_svg(real, fake, np.eye(3), "var(--series-1)", "<b>")
    assert "M0.0 -100.0h0" in svg
    assert "M100.0 50.0h0" in svg
    assert "&lt;b&gt;" in svg


def test_points_on_a_line_are_histograms_below_the_critic():
    svg = cloud_svg(np.zeros((5, 1)), np.ones((5, 1)), np.zeros(41), "red", "line")
    assert svg.count("<polyline") == 3
    assert "<image" not in svg


def test_a_plain_frame_changes_nothing():
    assert fold(None, Frame(0.5)) == View()
