"""Between text and tokens: the prompt's ids, and the text of each new token."""

from __future__ import annotations

from typing import Any

LONGEST_PROMPT = 512
_INCOMPLETE = "\ufffd"  # what part of a character decodes to
_LONGEST_CHARACTER = 4  # bytes, so at most this many tokens


def encode_prompt(tokenizer: Any, prompt: str, longest: int = LONGEST_PROMPT) -> tuple[list[int], int]:
    """Token ids of a prompt, the last `longest` of them, and how many were dropped before.

    The name of a special token, such as <eos>, is read as the characters it is written with. An
    empty prompt is <bos> alone.
    """
    ids = list(tokenizer(prompt, split_special_tokens=True).input_ids)
    if not ids:
        starts = (tokenizer.bos_token_id, tokenizer.eos_token_id, 0)
        ids = [next(start for start in starts if start is not None)]
    return ids[-longest:], max(0, len(ids) - longest)


class TokenTexts(dict[int, str]):
    """The text of single tokens by id, each looked up once; part of a character is a replacement mark."""

    def __init__(self, tokenizer: Any) -> None:
        super().__init__()
        self._tokenizer = tokenizer

    def __missing__(self, token: int) -> str:
        piece = self._tokenizer.convert_ids_to_tokens(token)
        # SentencePiece drops the leading blank of whatever it decodes first.
        lost_blank = isinstance(piece, str) and piece.startswith("▁")
        text = self.join([token])
        self[token] = " " + text if lost_blank and not text.startswith(" ") else text
        return self[token]

    def join(self, tokens: list[int]) -> str:
        """The text of several tokens in a row."""
        return str(self._tokenizer.decode(tokens, clean_up_tokenization_spaces=False))


class TextStream:
    """The texts of one row's tokens; a character spelt by several tokens comes with the last of them."""

    def __init__(self, texts: TokenTexts) -> None:
        self._texts = texts
        self._pending: list[int] = []

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
