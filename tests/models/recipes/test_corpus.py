from __future__ import annotations

import torch
from hypothesis import given
from hypothesis import strategies as st

from models.recipes.corpus import encode_paragraphs, length_batches, pad_batch, read_lines

ROWS = st.lists(st.lists(st.integers(3, 99), min_size=4, max_size=30), min_size=1, max_size=40)
PAD, BOS, EOS = 0, 1, 2


def batches(rows, tokens, seed):
    return list(length_batches(rows, tokens, torch.Generator().manual_seed(seed)))


def test_empty_lines_are_left_out(data, lines):
    assert read_lines(data / "text" / "storybooks" / "train.txt.gz") == lines


def test_special_tokens_have_the_ids_that_the_networks_expect(tokenizer):
    assert (tokenizer.pad_token_id, tokenizer.bos_token_id, tokenizer.eos_token_id) == (PAD, BOS, EOS)
    assert tokenizer.padding_side == "left"


@given(text=st.text(max_size=50))
def test_every_text_comes_back_from_its_tokens(tokenizer, text):
    ids = tokenizer(text, add_special_tokens=False).input_ids
    encoded = text.encode("utf-8", "ignore").decode("utf-8")
    assert tokenizer.decode(ids, clean_up_tokenization_spaces=False) == encoded or "<" in text


def test_a_paragraph_begins_and_ends_with_its_marks_unless_it_is_cut(tokenizer, lines):
    whole = encode_paragraphs(tokenizer, lines, 5, 10_000)
    assert all(ids[0] == BOS and ids[-1] == EOS for ids in whole)
    cut = encode_paragraphs(tokenizer, lines, 5, 8)
    assert [ids[:8] for ids in whole] == cut
    assert not any(EOS in ids for ids in cut)


def test_a_line_with_nothing_after_its_context_is_left_out(tokenizer):
    line = "The old fox went down"
    length = len(tokenizer(line).input_ids)
    assert encode_paragraphs(tokenizer, [line], length, 100) == []
    assert len(encode_paragraphs(tokenizer, [line], length - 1, 100)) == 1


@given(ROWS, st.integers(10, 200), st.integers(0, 5))
def test_batches_hold_every_row_once_and_keep_to_their_size(rows, tokens, seed):
    made = batches(rows, tokens, seed)
    assert sorted(row for batch in made for row in batch) == sorted(rows)
    assert all(len(batch) == 1 or len(batch) * max(map(len, batch)) <= tokens for batch in made)


@given(ROWS, st.integers(0, 5))
def test_batches_depend_on_the_generator_alone(rows, seed):
    assert batches(rows, 60, seed) == batches(rows, 60, seed)


@given(ROWS, st.integers(1, 4))
def test_labels_are_the_next_tokens_after_the_context(rows, context):
    inputs, labels = pad_batch(rows, context)
    for row, read, next_tokens in zip(rows, inputs.tolist(), labels.tolist(), strict=True):
        assert read == row[:-1] + [PAD] * (len(read) - len(row) + 1)
        scored = [-100] * (context - 1) + row[context:]
        assert next_tokens == scored + [-100] * (len(next_tokens) - len(scored))
