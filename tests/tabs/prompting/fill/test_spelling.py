"""Every order against a naive re-run of the model, one text at a time and without batches."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.tabs.prompting.fill.spelling import ORDERS, Spelling, spell
from playground.tabs.prompting.masked_lm import MaskedLM
from playground.tabs.prompting.patterns import Prompt
from tests.tiny_masked_lm import tiny_bert

CLOSE = {"abs": 0.06}  # bfloat16, where the processor has it


@torch.no_grad()
def log_p(lm, ids):
    """Log-probabilities (T, V) of one text, by the model itself and in float32."""
    return lm.model(torch.tensor([ids])).logits[0].log_softmax(dim=-1)


def naive(lm, prompt, targets, order):
    """Log-probabilities of the targets by the definition of the order."""
    ids, left, found = list(prompt.ids), list(range(len(targets))), {}
    if order == "parallel":
        table = log_p(lm, ids)
        return [float(table[place, target]) for place, target in zip(prompt.masks, targets, strict=True)]
    while left:
        table = log_p(lm, ids)
        scores = {piece: float(table[prompt.masks[piece], targets[piece]]) for piece in left}
        piece = left[0] if order == "left to right" else max(scores, key=scores.get)
        found[piece] = scores[piece]
        ids[prompt.masks[piece]] = targets[piece]
        left.remove(piece)
    return [found[piece] for piece in range(len(targets))]


def text(lm, masks):
    """A text of eleven tokens with so many masks from its third on."""
    ids = [lm.tokenizer.cls_token_id, *range(9, 18), lm.tokenizer.sep_token_id]
    ids[3 : 3 + masks] = [lm.tokenizer.mask_token_id] * masks
    return Prompt(tuple(ids), tuple(range(3, 3 + masks)))


def spelt(lm, *spellings):
    for _ in spell(lm, spellings):
        pass
    return spellings


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("masks", [1, 2, 4])
def test_scores_equal_a_naive_re_run(lm, order, masks):
    prompt, targets = text(lm, masks), (20, 31, 22, 40)[:masks]
    (done,) = spelt(lm, Spelling(prompt, prompt.masks, order, targets))
    assert done.log_probabilities() == pytest.approx(naive(lm, prompt, targets, order), **CLOSE)


LM = MaskedLM(tiny_bert())


@settings(max_examples=10, deadline=None)
@given(st.lists(st.lists(st.integers(5, 60), min_size=1, max_size=4), min_size=1, max_size=5))
def test_words_that_are_spelt_together_do_not_disturb_each_other(words):
    together = spelt(
        LM, *(Spelling(text(LM, len(word)), text(LM, len(word)).masks, "left to right", tuple(word)) for word in words)
    )
    for word, done in zip(words, together, strict=True):
        assert done.log_probabilities() == pytest.approx(naive(LM, text(LM, len(word)), word, "left to right"), **CLOSE)


def test_one_piece_has_one_score_in_every_order(lm):
    prompt = text(lm, 1)
    done = spelt(lm, *(Spelling(prompt, prompt.masks, order, (20,)) for order in ORDERS))
    assert len({each.log_probabilities()[0] for each in done}) == 1


def test_without_targets_the_likeliest_tokens_are_taken_from_left_to_right(lm):
    prompt = text(lm, 3)
    (done,) = spelt(lm, Spelling(prompt, prompt.masks, "left to right"))
    ids = list(prompt.ids)
    for place in prompt.masks:
        scores = log_p(lm, ids)[place]
        ids[place] = done.filled[place][0]
        assert float(scores[ids[place]]) == pytest.approx(float(scores.max()), **CLOSE)
    assert done.so_far().ids == tuple(ids)


def test_the_most_certain_mask_is_filled_first(lm):
    prompt = text(lm, 4)
    (done,) = spelt(lm, Spelling(prompt, prompt.masks, "confidence first"))
    best = log_p(lm, prompt.ids)[list(prompt.masks)].amax(dim=1)
    first = prompt.masks.index(next(iter(done.filled)))
    assert float(best[first]) == pytest.approx(float(best.max()), **CLOSE)
    assert sorted(done.ranks()) == [0, 1, 2, 3]


def test_the_given_context_between_masks_stays(lm):
    prompt = text(lm, 2)
    (done,) = spelt(lm, Spelling(prompt, prompt.masks, "parallel", (20, 21)))
    assert done.so_far().ids == (*prompt.ids[:3], 20, 21, *prompt.ids[5:])
    assert done.ranks() == [0, 0]
