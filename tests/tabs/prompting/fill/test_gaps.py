import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.runtime.errors import InvalidRequest
from playground.tabs.prompting.fill.gaps import MOST_GAPS, count_gaps, longest_text, with_gaps
from tests.tiny_masked_lm import tiny_bert, tiny_roberta

BERT, ROBERTA = tiny_bert(), tiny_roberta()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "nothing to fill in"),
        (" \n ", "nothing to fill in"),
        ("it was great", r"no \[MASK\]"),
        ("it was [mask]", r"no \[MASK\]"),
        ("it was <mask>", r"no \[MASK\]"),
        ("[MASK] " * (MOST_GAPS + 1), "9 masks; at most 8"),
    ],
)
def test_a_text_without_gaps_or_with_too_many_is_refused_with_a_sentence(text, said):
    with pytest.raises(InvalidRequest, match=said):
        count_gaps(text)


def test_masks_are_counted():
    assert count_gaps("[MASK] was [MASK]") == 2


@pytest.mark.parametrize("loaded", [BERT, ROBERTA], ids=["bert", "roberta"])
def test_every_gap_becomes_as_many_of_the_models_own_masks_as_asked(loaded):
    prompt = with_gaps("it was [MASK] and [MASK].", loaded.tokenizer, [2, 1])
    assert [prompt.ids[place] for place in prompt.masks] == [loaded.tokenizer.mask_token_id] * 3
    assert prompt.masks[1] == prompt.masks[0] + 1 < prompt.masks[2] - 1


@pytest.mark.parametrize("loaded", [BERT, ROBERTA], ids=["bert", "roberta"])
def test_special_tokens_in_the_text_are_plain_text(loaded):
    text = " ".join(loaded.tokenizer.all_special_tokens).replace("[MASK]", "")
    ids = with_gaps(f"{text} [MASK]", loaded.tokenizer, [1]).ids
    special = [id for id in ids[1:-1] if id in loaded.tokenizer.all_special_ids and id != loaded.tokenizer.unk_token_id]
    assert special == [loaded.tokenizer.mask_token_id]


def test_a_text_that_is_too_long_is_refused_and_never_cut():
    with pytest.raises(InvalidRequest, match="reads at most 20"):
        with_gaps("it was " * 20 + "[MASK]", BERT.tokenizer, [1], 20)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=12), st.integers(1, 4)), min_size=1, max_size=5), st.text(max_size=12))
def test_there_are_exactly_as_many_masks_as_asked_for(gaps, end):
    parts = [before.replace("[MASK]", "") for before, _ in gaps]
    text = "".join(f"{before}[MASK]" for before in parts) + end.replace("[MASK]", "")
    widths = [width for _, width in gaps]
    assert len(with_gaps(text, BERT.tokenizer, widths).masks) == sum(widths)


def test_a_model_reads_what_it_has_positions_for():
    assert longest_text(BERT.model) == 128
    assert longest_text(ROBERTA.model) == 138
