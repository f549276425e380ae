import pytest
import torch
from torch import nn

from models.nets.cross_encoder import CrossEncoder
from models.recipes import cross_training
from models.recipes.matching_training import Scored, adapters_of, cosines
from tests.tiny_masked_lm import tiny_bert

PAIRS = [
    Scored("it was good", "it was bad", 0.2),
    Scored("a great film", "a good movie", 0.9),
    Scored("the plot was boring", "it is fun", 0.1),
    Scored("the family was good", "the secret was bad", 0.3),
    Scored("all in all", "just a summary", 0.6),
]


def test_silver_pairs_are_different_sentences_of_the_given_pairs_with_scores_of_their_own() -> None:
    loaded = tiny_bert()
    silver = cross_training.silver_pairs(loaded.model, loaded.tokenizer, PAIRS, 1)
    texts = {text for pair in PAIRS for text in pair[:2]}
    assert len(silver) > len(texts)
    assert {text for pair in silver for text in pair[:2]} <= texts
    assert all(pair.a != pair.b for pair in silver)
    assert all(0 <= pair.score <= 1 for pair in silver)


def test_silver_scores_are_cosines_on_the_line_that_fits_the_given_scores() -> None:
    loaded = tiny_bert()
    slope, offset = cross_training.fitted(
        cosines(loaded.model, loaded.tokenizer, PAIRS), torch.tensor([pair.score for pair in PAIRS])
    )
    silver = cross_training.silver_pairs(loaded.model, loaded.tokenizer, PAIRS, 1)
    expected = (slope * cosines(loaded.model, loaded.tokenizer, silver) + offset).clamp(0, 1)
    torch.testing.assert_close(torch.tensor([pair.score for pair in silver]), expected, atol=1e-3, rtol=0)


def test_a_line_is_found_again() -> None:
    scores = torch.linspace(-1, 1, 9)
    assert cross_training.fitted(scores, 0.3 * scores + 0.4) == pytest.approx((0.3, 0.4))


def test_every_epoch_reads_silver_pairs_from_where_the_last_one_stopped() -> None:
    read = [pair for epoch in range(5) for pair in cross_training.some_of(PAIRS, 2, epoch)]
    assert read == PAIRS * 2


def test_half_of_the_pairs_are_read_in_the_other_order_and_the_others_in_the_next_epoch() -> None:
    tokenizer = tiny_bert().tokenizer
    (ids, mask, targets), (others, *_) = (
        cross_training.cross_batch(PAIRS[:2], tokenizer, swap=swap) for swap in (False, True)
    )
    read = tokenizer.batch_decode(ids, skip_special_tokens=True)  # type: ignore[union-attr]
    assert read == ["it was good it was bad", "a good movie a great film"]
    assert tokenizer.batch_decode(others, skip_special_tokens=True)[0] == "it was bad it was good"  # type: ignore[union-attr]
    assert torch.equal(mask, (ids != 0).long())
    assert targets.tolist() == pytest.approx([0.2, 0.9])


def test_the_head_is_trained_whole_beside_the_adapters() -> None:
    model = cross_training.adapted_cross(tiny_bert().model, 1)
    trained = {name for name, parameter in model.named_parameters() if parameter.requires_grad}
    assert any("modules_to_save" in name for name in trained)
    assert all("lora" in name or "head" in name for name in trained)
    assert isinstance(adapters_of(model).get_base_model(), CrossEncoder)


def test_the_loss_is_the_binary_cross_entropy_of_logits() -> None:
    class Given(nn.Module):
        def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
            return ids * mask

    logits, targets = torch.tensor([1.0, -2.0]), torch.tensor([0.8, 0.1])
    p = logits.sigmoid()
    expected = -(targets * p.log() + (1 - targets) * (1 - p).log()).mean()
    torch.testing.assert_close(cross_training.cross_loss(Given(), (logits, torch.ones(2), targets)), expected)
