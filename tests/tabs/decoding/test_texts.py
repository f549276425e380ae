from types import SimpleNamespace

import pytest

from playground.tabs.decoding.texts import TextStream, TokenTexts, encode_prompt


def test_an_empty_prompt_is_bos_alone(tokenizer):
    assert encode_prompt(tokenizer, "") == ([1], 0)


def test_a_tokenizer_that_adds_nothing_still_gives_an_empty_prompt_its_start():
    silent = SimpleNamespace(bos_token_id=None, eos_token_id=7)
    silent_tokenizer = type("Silent", (), {"__call__": lambda self, *_, **__: SimpleNamespace(input_ids=[])})()
    silent_tokenizer.__dict__.update(vars(silent))
    assert encode_prompt(silent_tokenizer, "") == ([7], 0)


def test_a_long_prompt_keeps_its_end(tokenizer):
    ids, dropped = encode_prompt(tokenizer, "the sea " * 400, longest=512)
    everything = tokenizer("the sea " * 400).input_ids
    assert ids == everything[-512:]
    assert dropped == len(everything) - 512


@pytest.mark.parametrize("name", ["<eos>", "<bos>", "<pad>"])
def test_the_name_of_a_special_token_is_read_as_characters(tokenizer, name):
    ids, _ = encode_prompt(tokenizer, f"a{name}b")
    assert not {0, 2} & set(ids)
    assert ids.count(1) == 1
    assert TokenTexts(tokenizer).join(ids[1:]) == f"a{name}b"


@pytest.mark.parametrize("text", ["the old man", "élan 海月 𝄞🙂", "\n\t  tabs", "<script>alert(1)</script>"])
def test_streamed_texts_join_to_the_whole(tokenizer, text):
    ids = tokenizer(text).input_ids[1:]
    stream = TextStream(TokenTexts(tokenizer))
    pieces = [stream.push(token) for token in ids]
    assert "".join(pieces) == text
    assert all("\ufffd" not in piece for piece in pieces)


def test_bytes_that_make_no_character_come_out_as_replacement_marks(tokenizer):
    part = tokenizer("🙂").input_ids[1]
    stream = TextStream(TokenTexts(tokenizer))
    pieces = [stream.push(part) for _ in range(4)]
    assert pieces[:3] == ["", "", ""]
    assert "\ufffd" in pieces[3]


def test_a_blank_that_sentencepiece_drops_is_put_back():
    pieces = SimpleNamespace(convert_ids_to_tokens=lambda token: "▁sea", decode=lambda tokens, **_: "sea")
    assert TokenTexts(pieces)[5] == " sea"
