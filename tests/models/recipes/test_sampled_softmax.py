import torch

from models.recipes.sampled_softmax import draw_candidates

LABELS = torch.tensor([3, 9, 3, 7])


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_every_label_is_a_candidate_and_none_comes_twice() -> None:
    candidates, _, places = draw_candidates(LABELS, 20, 5, generator())
    assert torch.equal(candidates[places], LABELS)
    assert len(candidates.unique()) == len(candidates) == 3 + 5


def test_with_all_words_drawn_the_loss_is_the_whole_one() -> None:
    logits = torch.randn(4, 20, generator=generator())
    candidates, addition, places = draw_candidates(LABELS, 20, 17, generator())
    sampled = torch.nn.functional.cross_entropy(logits[:, candidates] + addition, places)
    assert torch.allclose(sampled, torch.nn.functional.cross_entropy(logits, LABELS))


def test_the_sum_over_the_vocabulary_is_right_on_average() -> None:
    logits = torch.randn(20, generator=generator())
    sums = []
    for seed in range(400):
        candidates, addition, _ = draw_candidates(LABELS, 20, 6, generator(seed))
        sums.append((logits[candidates] + addition).exp().sum())
    assert abs(torch.stack(sums).mean() / logits.exp().sum() - 1) < 0.02


def test_no_other_word_need_be_drawn() -> None:
    candidates, addition, _ = draw_candidates(torch.arange(4), 4, 3, generator())
    assert candidates.tolist() == [0, 1, 2, 3]
    assert not addition.any()
