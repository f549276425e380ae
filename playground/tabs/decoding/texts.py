"""Between text and tokens: the prompt's ids, and the text of each new token."""

from __future__ import annotations

import re
from typing import Any

from playground.runtime.errors import ModelUnavailable

LONGEST_PROMPT = 512
NO_CHAT = "This model's chat template cannot be filled in: choose another model."
_INCOMPLETE = "\ufffd"  # what part of a character decodes to
_LONGEST_CHARACTER = 4  # bytes, so at most this many tokens
_SPEAKERS = ("user", "assistant")
_MARK = re.compile("\ue000([0-9]+)\ue000")  # stands for a turn's text while a chat template is filled in
# Scripts written without blanks between words, and full-width punctuation.
_NO_BLANK = re.compile("[\u2e80-\u31ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")


def encode_prompt(
    tokenizer: Any, prompt: str, longest: int = LONGEST_PROMPT, *, encoder: bool = False
) -> tuple[list[int], int]:
    """Token ids of a prompt, the last `longest` of them, and how many were dropped before.

    With a chat template every line is a turn, see :func:`turns`; without one the prompt is a text,
    and with `encoder` one for an encoder to read. The name of a special token, such as <eos>, is
    read as the characters it is written with. An empty text is <bos> alone, for an encoder <eos>.
    """
    if getattr(tokenizer, "chat_template", None):
        ids = _chat(tokenizer, turns(prompt))
    else:
        ids = _plain(tokenizer, prompt, add_special_tokens=True)
    if not ids:
        starts = (None if encoder else tokenizer.bos_token_id, tokenizer.eos_token_id, 0)
        ids = [next(start for start in starts if start is not None)]
    return ids[-longest:], max(0, len(ids) - longest)


def turns(prompt: str) -> list[dict[str, str]]:
    """The prompt's lines as turns of a chat: speakers alternate, and the last one is always the user.

    Blank lines are no turns; an empty prompt is one turn in which the user says nothing.
    """
    lines = [line.strip() for line in prompt.splitlines() if line.strip()] or [""]
    return [
        {"role": _SPEAKERS[(len(lines) - 1 - position) % 2], "content": line} for position, line in enumerate(lines)
    ]


def _chat(tokenizer: Any, chat: list[dict[str, str]]) -> list[int]:
    """Ids of a chat up to where the assistant answers.

    The template is filled in with marks, so that nothing in a turn can pass for a special token.
    """
    marked = [{"role": turn["role"], "content": f"\ue000{i}\ue000"} for i, turn in enumerate(chat)]
    ids: list[int] = []
    for position, piece in enumerate(_MARK.split(_fill_in(tokenizer, marked))):
        if position % 2:
            ids += _plain(tokenizer, chat[int(piece)]["content"], add_special_tokens=False)
        elif piece:
            ids += tokenizer(piece, add_special_tokens=False).input_ids
    return ids


def _fill_in(tokenizer: Any, chat: list[dict[str, str]]) -> str:
    """The template's text; some let only the user begin, and lose the turn before that.

    Raises:
        ModelUnavailable: the template takes not even one turn.
    """
    from jinja2 import TemplateError

    try:
        return str(tokenizer.apply_chat_template(chat, tokenize=False, add_generation_prompt=True))
    except TemplateError:
        if len(chat) == 1:
            raise ModelUnavailable(NO_CHAT) from None
        return _fill_in(tokenizer, chat[1:])


def _plain(tokenizer: Any, text: str, *, add_special_tokens: bool) -> list[int]:
    return list(tokenizer(text, split_special_tokens=True, add_special_tokens=add_special_tokens).input_ids)


class TokenTexts(dict[int, str]):
    """The text of single tokens by id, each looked up once; part of a character is a replacement mark."""

    def __init__(self, tokenizer: Any) -> None:
        super().__init__()
        self._tokenizer = tokenizer
        decoder = getattr(getattr(tokenizer, "backend_tokenizer", None), "decoder", None)
        self._is_word_piece = type(decoder).__name__ == "WordPiece"

    def __missing__(self, token: int) -> str:
        self[token] = self._look_up(token)
        return self[token]

    def _look_up(self, token: int) -> str:
        piece = self._tokenizer.convert_ids_to_tokens(token)
        if not isinstance(piece, str):
            return ""  # an id beyond the vocabulary: embeddings are often padded to a round number
        if self._is_word_piece:
            return _word_piece(piece)
        text = self._decode([token])
        # SentencePiece drops the leading blank of whatever it decodes first.
        return " " + text if piece.startswith("▁") and not text.startswith(" ") else text

    def join(self, tokens: list[int]) -> str:
        """The text of several tokens in a row."""
        if self._is_word_piece:
            return "".join(map(self.__getitem__, tokens)).removeprefix(" ")
        return self._decode(tokens)

    def _decode(self, tokens: list[int]) -> str:
        return str(self._tokenizer.decode(tokens, clean_up_tokenization_spaces=False))


def _word_piece(piece: str) -> str:
    """A piece with the blank before it: a word has one, and neither a word's end nor Chinese has.

    The library's own decoder puts blanks between Chinese characters.
    """
    if piece.startswith("##"):
        return piece.removeprefix("##")
    return " " + piece if piece[:1].isalnum() and not _NO_BLANK.match(piece) else piece


class TextStream:
    """The texts of one row's tokens; a character spelt by several tokens comes with the last of them."""

    def __init__(self, texts: TokenTexts) -> None:
        self._texts = texts
        self._pending: list[int] = []

    def fork(self) -> TextStream:
        """A stream that goes on from here by itself."""
        other = TextStream(self._texts)
        other._pending = self._pending.copy()
        return other

    def push(self, token: int) -> str:
        """The text that this token completes, "" in the middle of a character."""
        text = self._texts[token]
        if not self._pending and _INCOMPLETE not in text:
            return text
        self._pending.append(token)
        text = self._texts.join(self._pending)
        if text.endswith(_INCOMPLETE) and len(self._pending) < _LONGEST_CHARACTER:
            return ""
        self._pending.clear()
        return text
