import pytest

from playground.tabs.prompting.t_ta.wrong_words import whole_words, with_wrong_words
from tests.tiny_masked_lm import word_piece_tokenizer

TEXTS = ("the movie was great", "it was a terrible film", "this plot is not boring", ".", "a b")
TOKENIZER = word_piece_tokenizer()


def test_a_copy_differs_by_one_whole_word_of_another_sentence():
    for pair in with_wrong_words(TEXTS, TOKENIZER, 0):
        differing = [place for place, (a, b) in enumerate(zip(pair.ids, pair.wrong, strict=True)) if a != b]
        assert differing == [pair.place]
        assert pair.wrong[pair.place] not in pair.ids
        assert TOKENIZER.convert_ids_to_tokens(pair.wrong[pair.place]) in " ".join(TEXTS)


def test_what_has_no_word_to_replace_is_left_out():
    assert [pair.text for pair in with_wrong_words(TEXTS, TOKENIZER, 0)] == list(TEXTS[:3])
    assert list(with_wrong_words(TEXTS[:1], TOKENIZER, 0)) == []


def test_the_same_seed_draws_the_same_words():
    one, other, third = (list(with_wrong_words(TEXTS, TOKENIZER, seed)) for seed in (1, 1, 2))
    assert one == other != third


@pytest.mark.parametrize(
    ("tokens", "places"),
    [(["[CLS]", "great", "film", "##s", "[SEP]"], [1]), (["a", "of", "the"], [2]), (["it", "'", "s2s"], [])],
)
def test_only_whole_words_of_letters_count(tokens, places):
    assert whole_words(tokens) == places
