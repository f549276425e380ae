from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.runtime.errors import InvalidRequest
from playground.tabs.prompting.patterns import Pattern, build_prompt, build_prompts, parse_pattern
from tests.tiny_masked_lm import byte_level_tokenizer, word_piece_tokenizer

BERT, ROBERTA = word_piece_tokenizer(), byte_level_tokenizer()
TEMPLATES = ("{text} It was [MASK].", "[MASK]满意。{text}", "Just [MASK]! {text}", "In summary, {text} is [MASK] good.")
WORDS = st.lists(st.sampled_from(["great", "plot", "pizza", "满意", "[MASK]", "<mask>", "[SEP]", "😀"]), max_size=60)


def text_of(words: list[str]) -> str:
    return " ".join(words)


@pytest.mark.parametrize(
    ("template", "says"),
    [
        ("", "empty"),
        ("{text} It was.", "no [MASK]"),
        ("{text} [MASK] [MASK].", "[MASK] more than once"),
        ("It was [MASK].", "no {text}"),
        ("{text} {text} [MASK].", "{text} more than once"),
        ("{text} [MASK]" + "!" * 200, "longer than 160 characters"),
    ],
)
def test_a_pattern_that_cannot_be_used_says_why(template: str, says: str) -> None:
    with pytest.raises(InvalidRequest, match=re.escape(says)):
        parse_pattern(template)


def test_white_space_around_a_pattern_does_not_count() -> None:
    assert parse_pattern("  {text}\n It was [MASK]. ") == Pattern("{text} It was [MASK].")


@pytest.mark.parametrize("tokenizer", [BERT, ROBERTA])
def test_a_prompt_is_what_the_tokenizer_makes_of_the_filled_pattern(tokenizer: object) -> None:
    prompt = build_prompt(parse_pattern("{text} It was [MASK]."), "great plot", tokenizer)
    assert list(prompt.ids) == tokenizer(f"great plot It was {tokenizer.mask_token}.").input_ids  # type: ignore


@given(WORDS, st.sampled_from(TEMPLATES), st.integers(34, 60), st.integers(1, 3), st.sampled_from([BERT, ROBERTA]))
@settings(max_examples=60)
def test_no_text_is_long_enough_to_cut_masks_or_template(
    words: list[str], template: str, longest: int, masks: int, tokenizer: object
) -> None:
    pattern = parse_pattern(template)
    prompt = build_prompt(pattern, text_of(words), tokenizer, longest=longest, masks=masks)
    assert len(prompt.ids) <= longest
    assert len(prompt.masks) == masks
    assert all(prompt.ids[place] == tokenizer.mask_token_id for place in prompt.masks)  # type: ignore


def contains(ids: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    """Whether `wanted` is a subsequence of the ids."""
    rest = iter(ids)
    return all(id in rest for id in wanted)


@given(WORDS, st.sampled_from(TEMPLATES), st.integers(20, 40))
@settings(max_examples=40)
def test_every_token_of_the_template_is_kept_in_order(words: list[str], template: str, longest: int) -> None:
    pattern = parse_pattern(template)
    prompt = build_prompt(pattern, text_of(words), BERT, longest=longest)
    assert contains(prompt.ids, build_prompt(pattern, "", BERT).ids)


def test_what_is_cut_is_the_end_of_the_text() -> None:
    prompt = build_prompt(parse_pattern("{text} It was [MASK]."), "great bad " * 50, BERT, longest=10)
    assert BERT.convert_ids_to_tokens(prompt.ids)[1:5] == ["great", "bad", "great", "bad"]


def test_a_mask_in_the_text_is_plain_text() -> None:
    prompt = build_prompt(parse_pattern("{text} It was [MASK]."), "the [MASK] movie", BERT)
    assert len(prompt.masks) == 1
    assert "[" in BERT.convert_ids_to_tokens(prompt.ids)


def test_a_pattern_that_leaves_no_room_says_so() -> None:
    with pytest.raises(InvalidRequest, match="tokens without any text"):
        build_prompt(parse_pattern("{text} [MASK] " + "zz" * 30), "good", BERT, longest=20)


def test_many_texts_give_the_prompts_of_each() -> None:
    pattern, texts = parse_pattern(TEMPLATES[0]), ["good", "the plot was boring", ""]
    assert build_prompts(pattern, texts, BERT) == [build_prompt(pattern, text, BERT) for text in texts]
