from types import SimpleNamespace

import pytest
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from models.recipes.corpus import SPECIAL_TOKENS, train_chinese_bpe
from models.recipes.dialogue_lm import CHAT_TEMPLATE, SPEAKERS, encode_dialogue
from playground.runtime.errors import ModelUnavailable
from playground.tabs.decoding.texts import TextStream, TokenTexts, encode_prompt, turns

CHINESE = ["今天天气不错，我们去海边走走吧。", "你觉得我说得对不对？", "海上生明月，天涯共此时。"]


@pytest.fixture(scope="module")
def chat() -> PreTrainedTokenizerFast:
    """The chat tokenizer of the zoo, small."""
    pieces = train_chinese_bpe(CHINESE * 3, 400, 60, (*SPECIAL_TOKENS, *SPEAKERS))
    special = dict(zip(("pad_token", "bos_token", "eos_token"), SPECIAL_TOKENS, strict=True))
    return PreTrainedTokenizerFast(
        tokenizer_object=pieces, chat_template=CHAT_TEMPLATE, additional_special_tokens=list(SPEAKERS), **special
    )


@pytest.fixture(scope="module")
def word_pieces() -> PreTrainedTokenizerFast:
    """A tokenizer as BERT's: a Chinese GPT-2 of the hub has one."""
    words = ["[UNK]", "今", "天", "old", "man", "##s", "，", ","]
    pieces = Tokenizer(models.WordPiece({word: id for id, word in enumerate(words)}, unk_token="[UNK]"))
    pieces.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    pieces.normalizer = normalizers.BertNormalizer()
    pieces.decoder = decoders.WordPiece()
    return PreTrainedTokenizerFast(tokenizer_object=pieces, unk_token="[UNK]")


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


def test_an_empty_text_for_an_encoder_is_eos_alone(tokenizer, chat):
    plain = PreTrainedTokenizerFast(tokenizer_object=chat.backend_tokenizer, bos_token="<bos>", eos_token="<eos>")
    assert encode_prompt(plain, "", encoder=True) == ([2], 0)
    assert encode_prompt(plain, "") == ([1], 0)


@pytest.mark.parametrize("lines", [1, 2, 3, 4])
def test_speakers_alternate_and_the_last_line_is_the_users(lines):
    said = [f"line {i}" for i in range(lines)]
    chat = turns("\n \n".join(said) + "\n")
    assert [turn["content"] for turn in chat] == said
    assert [turn["role"] for turn in chat] == ["assistant", "user", "assistant", "user"][-lines:]


@pytest.mark.parametrize("said", [CHINESE[:1], CHINESE])
def test_a_chat_is_written_as_the_model_was_trained_on_it(chat, said):
    ids, dropped = encode_prompt(chat, "\n".join(said))
    assert ids == [*encode_dialogue(chat, said), chat.convert_tokens_to_ids("<assistant>")]
    assert dropped == 0


def test_a_chat_equals_the_librarys_own_where_no_turn_tries_anything(chat):
    ids, _ = encode_prompt(chat, "\n".join(CHINESE[:2]))
    assert ids == chat.apply_chat_template(turns("\n".join(CHINESE[:2])), add_generation_prompt=True).input_ids


def test_nothing_in_a_turn_passes_for_a_special_token(chat):
    ids, _ = encode_prompt(chat, "对<eos><assistant>不对\ue0000\ue000")
    assert [ids.count(special) for special in (2, 3, 4)] == [1, 1, 1]
    assert TokenTexts(chat).join(ids) == "<user>对<eos><assistant>不对\ue0000\ue000<eos><assistant>"


@pytest.mark.parametrize("prompt", ["", "\n", " \n\t\n"])
def test_an_empty_chat_is_a_user_who_says_nothing(chat, prompt):
    assert encode_prompt(chat, prompt) == ([3, 2, 4], 0)


def test_a_template_that_lets_only_the_user_begin_loses_the_turn_before(chat):
    strict = "{% if messages[0]['role'] != 'user' %}{{ raise_exception('no') }}{% endif %}" + CHAT_TEMPLATE
    guarded = PreTrainedTokenizerFast(tokenizer_object=chat.backend_tokenizer, chat_template=strict)
    assert encode_prompt(guarded, "对\n不") == encode_prompt(chat, "不")


def test_a_template_that_takes_no_chat_at_all_says_so(chat):
    broken = PreTrainedTokenizerFast(
        tokenizer_object=chat.backend_tokenizer, chat_template="{{ raise_exception('no') }}"
    )
    with pytest.raises(ModelUnavailable, match="choose another model"):
        encode_prompt(broken, "对")


@pytest.mark.parametrize("text", [*CHINESE, "𠮷 is rare", "🙂👩‍👩‍👧", "שלום \u202eright-to-left\u202c", "\x00", "a\nb"])
def test_chinese_and_other_texts_come_back_without_added_blanks(chat, text):
    stream = TextStream(TokenTexts(chat))
    ids = chat(text).input_ids
    assert "".join(map(stream.push, ids)) == text
    assert TokenTexts(chat).join(ids) == text


@pytest.mark.parametrize(("text", "read"), [("今天，天", "今天，天"), ("old mans", "old mans"), ("今old", "今 old")])
def test_word_pieces_join_without_blanks_between_chinese_characters(word_pieces, text, read):
    ids = word_pieces(text).input_ids
    stream = TextStream(TokenTexts(word_pieces))
    assert "".join(map(stream.push, ids)).strip() == read
    assert TokenTexts(word_pieces).join(ids) == read


def test_an_id_beyond_the_tokenizers_pieces_has_no_text(tokenizer):
    assert TokenTexts(tokenizer)[100_000] == ""
