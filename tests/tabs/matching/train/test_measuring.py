import numpy as np
import pytest
import torch
from scipy.stats import spearmanr
from torch.nn.functional import cosine_similarity

from playground.tabs.matching.train.linear_map import LinearMap
from playground.tabs.matching.train.losses import Settings, head_of, objective
from playground.tabs.matching.train.measuring import Measuring
from tests.tabs.matching.train.runs import DIMENSION, few_pairs

SETTINGS = Settings(False, 3, 20)


@pytest.fixture
def measuring():
    return Measuring(few_pairs(), SETTINGS, batch=16, seen=48, validation=30)


def encoder():
    made = LinearMap(few_pairs().vectors)
    torch.nn.init.normal_(made.weight, generator=torch.Generator().manual_seed(1))
    return made


def told(measuring, loss="cosent", head=None):
    *_, last = measuring.tell(loss, encoder(), head or head_of(loss, DIMENSION, 0))
    return last


def sides(pairs):
    return [encoder()(pairs.rows[:, side]).detach() for side in (0, 1)]


@pytest.mark.parametrize(("field", "part"), [("spearman", "validation"), ("training_spearman", "seen")])
def test_the_ranking_is_spearmans_of_cosine_and_score(measuring, field, part):
    pairs = getattr(measuring, part)
    expected = spearmanr(cosine_similarity(*sides(pairs)), pairs.scores).statistic
    assert getattr(told(measuring), field) == pytest.approx(expected, abs=1e-6)


def test_the_loss_is_the_mean_over_batches(measuring):
    u, v = sides(measuring.seen)
    head = torch.nn.Identity()
    parts = [slice(start, start + 16) for start in (0, 16, 32)]
    losses = [objective("cosent", head, u[p], v[p], measuring.seen.scores[p], SETTINGS).item() for p in parts]
    assert told(measuring).loss == pytest.approx(np.mean(losses), rel=1e-5)


def test_sbert_is_judged_by_its_classifier_and_the_others_by_the_cosine(measuring):
    head = head_of("softmax", DIMENSION, 3)
    alike = measuring.seen.scores >= 3
    right = (head(*sides(measuring.seen)).argmax(1) == alike.long()).float().mean()
    sbert, cosent = told(measuring, "softmax", head), told(measuring)
    assert sbert.accuracy == pytest.approx(float(right))
    assert sbert.cosine_accuracy == cosent.accuracy == cosent.cosine_accuracy


def test_pairs_that_are_measured_are_the_same_for_all(measuring):
    again = Measuring(few_pairs(), SETTINGS, batch=8, seen=48, validation=30)
    assert torch.equal(again.seen.rows, measuring.seen.rows)
    assert len({tuple(row) for row in measuring.seen.rows.tolist()}) <= 48


def test_links_join_the_two_sentences_of_a_pair(measuring):
    assert torch.equal(measuring.drawn[torch.from_numpy(measuring.links)], measuring.validation.rows)


def test_a_sign_of_life_comes_between_the_parts_of_the_sentences(measuring):
    class InParts(LinearMap):
        def chunks(self, rows):
            yield from (self(part).detach() for part in rows.split(20))

    whole, parts = encoder(), InParts(few_pairs().vectors)
    parts.load_state_dict(whole.state_dict())
    *waits, last = measuring.tell("cosent", parts, torch.nn.Identity())
    assert waits
    assert not any(waits)
    assert last.spearman == told(measuring).spearman
