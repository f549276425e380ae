import math

import pytest

from playground.tabs.sampling.hierarchy.cards import cards_html, scrubber
from playground.tabs.sampling.hierarchy.frames import HierarchyFailure
from playground.tabs.sampling.hierarchy.names import names
from playground.tabs.sampling.hierarchy.request import HierarchyRequest, Variant
from playground.tabs.sampling.hierarchy.view import View, fold
from tests.tabs.sampling.hierarchy.trainings import frame, view_of

REQUEST = HierarchyRequest(balancing=False)


def card(*frames, request=REQUEST, **options):
    return cards_html(view_of(*frames), request, "en", **options)


def test_every_group_has_its_verdict():
    html = card(frame(10))
    assert html.count("collapsed: its latents carry less than 0.1 nats") == 1
    assert html.count("in use: 1 of 2 channels") == 1
    assert "group 1, 4×4" in html
    assert "3.01 nats" in html


def test_the_elbo_is_split_into_reconstruction_and_kl():
    html = card(frame(10))
    for nats in (23.06, 20.0, 3.06):
        assert f"{nats / (64 * math.log(2)):.3f} bits/dim" in html
        assert f"{nats:.2f} nats a picture" in html


def test_during_the_warm_up_nothing_is_settled():
    html = card(frame(10, weight=0.25))
    assert "The KL counts 25 % so far" in html
    assert "in use so far: 1 of 2" in html
    assert "in use: " not in html


def test_balancing_without_a_warm_up_is_told_that_it_changes_nothing():
    told = "without a warm-up it changes nothing"
    assert told in card(frame(10), request=HierarchyRequest(warm_up=0))
    assert told not in card(frame(10), request=HierarchyRequest())


def test_a_variant_that_broke_off_says_so_where_it_stands():
    view = fold(view_of(frame(0), frame(10)), HierarchyFailure(0.5, 12, 0))
    assert "at step 12: the run stopped" in cards_html(view, REQUEST, "en")
    assert "the run stopped" not in cards_html(view, REQUEST.with_(moment=0), "en")


def test_the_moment_is_shown_or_the_newest_picture_while_a_run_goes_on():
    early = REQUEST.with_(moment=0)
    assert "Step 0." in card(frame(0), frame(10), request=early)
    assert "Step 10." in card(frame(0), frame(10), request=early, live=True)


def test_variants_can_be_removed_but_for_the_last():
    two = HierarchyRequest(warm_up=0, balancing=False, beside=(Variant(spectral=0),))
    assert card(frame(0, [[[0, 0]] * 2] * 2), request=two).count("Remove") == 2
    assert "Remove" not in card(frame(0))


def test_names_tell_what_differs():
    two = HierarchyRequest(warm_up=0, balancing=False, beside=(Variant(spectral=0),))
    assert names(two, "en") == ["no warm-up · λ 0.01", "warm-up 300 · balancing · λ 0"]
    assert names(HierarchyRequest(), "zh") == ["预热 300 步 · 平衡"]


def test_every_picture_has_a_name_for_those_who_cannot_see_it():
    html = card(frame(0))
    assert html.count("<img") == 4 + 2 + 2
    assert 'alt="Samples from the prior 4"' in html


@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_recorded_shows_nothing(language):
    assert cards_html(View(), REQUEST, language) == ""
    assert scrubber(View(), REQUEST, language) is None


def test_the_scrubber_says_which_step_is_shown():
    found = scrubber(view_of(frame(0), frame(10)), REQUEST.with_(moment=0), "en")
    assert found.said == "step 0 of 10"
    assert found.enabled
