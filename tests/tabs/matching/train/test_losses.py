import pytest
import torch
from torch.nn.functional import cosine_similarity, cross_entropy

from models.losses.matching import angle, cosent
from playground.tabs.matching.train.losses import Settings, head_of, objective
from playground.tabs.matching.train.request import LOSSES, MatchingTrainRequest

YES_NO, GRADED = Settings(False, 3, 20), Settings(True, 3, 20)
SCORES = torch.tensor([0.0, 5.0, 2.0, 3.0, 4.5])


def vectors():
    return torch.randn(2, 5, 8, generator=torch.Generator().manual_seed(0))


def told(loss, settings, scores=SCORES):
    return objective(loss, head_of(loss, 8, 0), *vectors(), scores, settings)


def test_a_score_at_the_bound_counts_as_yes():
    assert YES_NO.targets(SCORES).tolist() == [0, 1, 0, 1, 1]
    assert GRADED.targets(SCORES).tolist() == pytest.approx([0, 1, 0.4, 0.6, 0.9])


def test_the_request_says_what_the_losses_share():
    request = MatchingTrainRequest(labels="graded", alike_from=4, scale=7)
    assert Settings.of(request) == Settings(True, 4, 7)


def test_the_ranking_losses_take_labels_by_their_order():
    u, v = vectors()
    for settings, labels in ((YES_NO, (SCORES >= 3).float()), (GRADED, SCORES)):
        assert torch.allclose(told("cosent", settings), cosent(cosine_similarity(u, v), labels))
        assert torch.allclose(told("angle", settings), angle(u, v, labels))


def test_with_yes_and_no_cos_2_is_the_squared_distance():
    assert torch.allclose(told("cos-2", YES_NO), told("cosine-mse", YES_NO))
    assert not torch.allclose(told("cos-2", GRADED), told("cosine-mse", GRADED))


def test_the_contrastive_loss_sees_alike_pairs_alone():
    u, v = (side[[1, 3, 4]] for side in vectors())
    cosines = cosine_similarity(u[:, None], v[None], dim=2)
    assert torch.allclose(told("contrastive", YES_NO), cross_entropy(20 * cosines, torch.arange(3)))


def test_the_classifier_reads_both_vectors_and_their_distance():
    u, v = vectors()
    head = head_of("softmax", 8, 0)
    logits = torch.cat([u, v, (u - v).abs()], 1) @ head.weight.T + head.bias
    assert torch.allclose(objective("softmax", head, u, v, SCORES, YES_NO), cross_entropy(logits, (SCORES >= 3).long()))


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("score", [0.0, 5.0])
def test_a_batch_with_one_kind_of_pair_has_a_finite_loss_and_gradient(loss, score):
    head = head_of(loss, 8, 0)
    u, v = vectors().requires_grad_().unbind(0)
    u.retain_grad()
    objective(loss, head, u, v, torch.full((5,), score), GRADED).backward()
    assert torch.isfinite(u.grad).all()


def test_seeds_draw_other_classifiers():
    one, same, other = (head_of("softmax", 8, seed).weight for seed in (0, 0, 1))
    assert torch.equal(one, same)
    assert not torch.equal(one, other)
