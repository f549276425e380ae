"""The engine of the panel: guesses at the masks, words tried at one of them, and the masks filled in three orders."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch

from playground.runtime.contracts import Context, Frame
from playground.runtime.errors import InvalidRequest
from playground.tabs.prompting.fill.frames import Filled, Guesses, TriedWord
from playground.tabs.prompting.fill.gaps import count_gaps, longest_text, with_gaps
from playground.tabs.prompting.fill.request import LONGEST_WORD, MOST_WORDS, FillRequest
from playground.tabs.prompting.fill.spelling import ORDERS, Spelling, spell
from playground.tabs.prompting.masked_lm import MaskedLM, mask_logits
from playground.tabs.prompting.patterns import MASK
from playground.tabs.prompting.token_texts import token_texts
from playground.tabs.prompting.verbalizers import pieces

VERSION = "1"
FRAMES: tuple[type[Frame], ...] = (Frame, Guesses, TriedWord, Filled)

NO_SUCH_GAP = "The text has {count} masks: choose one of them to try the words at."
TOO_MANY_WORDS = "There are {count} words to try; at most {most} are possible."
WORD_TOO_LONG = "The word “{word}…” is longer than {longest} characters: shorten it."
MASK_AS_WORD = "A mask is no word to try: take [MASK] out of the words."


def run(request: FillRequest, context: Context) -> Iterator[Frame]:
    """Guesses first, then the words, then whole fillings where there are several masks; ends early when cancelled."""
    count = count_gaps(request.text)
    words = _words(request, count)
    with context.lease(request.model) as loaded:
        lm = MaskedLM(loaded)
        yield _guesses(lm, request, count)
        tries = [spelling for word in words for spelling in _tries(lm, request, count, word)]
        fillings = _fillings(lm, request, count) if count > 1 else []
        for _ in spell(lm, [*tries, *fillings]):
            if context.cancelled:
                return
            yield Frame(0.5)
        for number, word in enumerate(words):
            yield _tried(lm, word, tries[3 * number : 3 * number + 3])
        for filling in fillings:
            yield _filled(lm, filling)
        yield Frame(1.0)


def _words(request: FillRequest, count: int) -> tuple[str, ...]:
    """The words to try, where they can be tried."""
    words = request.chosen()
    if request.gap > count and words:
        raise InvalidRequest(NO_SUCH_GAP, count=count)
    if len(words) > MOST_WORDS:
        raise InvalidRequest(TOO_MANY_WORDS, count=len(words), most=MOST_WORDS)
    for word in words:
        if MASK in word:
            raise InvalidRequest(MASK_AS_WORD)
        if len(word) > LONGEST_WORD:
            raise InvalidRequest(WORD_TOO_LONG, word=word[:20], longest=LONGEST_WORD)
    return words


def _guesses(lm: MaskedLM, request: FillRequest, count: int) -> Guesses:
    prompt = with_gaps(request.text, lm.tokenizer, [1] * count, longest_text(lm.model))
    ((_, logits),) = mask_logits(lm, [prompt])
    p = logits[0].double().softmax(dim=-1).cpu()  # (M, V)
    top = p.topk(min(request.top, p.shape[1]), dim=-1)
    return Guesses(
        done=0.3,
        tokens=token_texts(lm.tokenizer, prompt.ids),
        masks=np.array(prompt.masks, dtype=np.int32),
        likeliest=tuple(token_texts(lm.tokenizer, row) for row in top.indices.tolist()),
        probability=top.values.numpy(),
        entropy=torch.special.entr(p).sum(dim=-1).numpy(),
    )


def _tries(lm: MaskedLM, request: FillRequest, count: int, word: str) -> list[Spelling]:
    """The word in the three orders."""
    targets = tuple(lm.tokenizer.convert_tokens_to_ids(pieces(word, lm.tokenizer)))
    before = request.gap - 1
    widths = [1] * before + [len(targets)] + [1] * (count - request.gap)
    prompt = with_gaps(request.text, lm.tokenizer, widths, longest_text(lm.model))
    return [Spelling(prompt, prompt.masks[before : before + len(targets)], order, targets) for order in ORDERS]


def _fillings(lm: MaskedLM, request: FillRequest, count: int) -> list[Spelling]:
    prompt = with_gaps(request.text, lm.tokenizer, [1] * count, longest_text(lm.model))
    return [Spelling(prompt, prompt.masks, order) for order in ORDERS]


def _tried(lm: MaskedLM, word: str, spellings: list[Spelling]) -> TriedWord:
    return TriedWord(
        done=0.9,
        word=word,
        pieces=pieces(word, lm.tokenizer),
        known=lm.tokenizer.unk_token_id not in spellings[0].targets,
        log_probability=np.array([spelling.log_probabilities() for spelling in spellings]),
        turn=np.array([spelling.ranks() for spelling in spellings], dtype=np.int32),
    )


def _filled(lm: MaskedLM, spelling: Spelling) -> Filled:
    ids = spelling.so_far().ids
    return Filled(
        done=0.95,
        order=spelling.order,
        text=lm.tokenizer.decode(ids, skip_special_tokens=True),
        tokens=token_texts(lm.tokenizer, [ids[place] for place in spelling.places]),
        log_probability=np.array(spelling.log_probabilities()),
        turn=np.array(spelling.ranks(), dtype=np.int32),
    )
