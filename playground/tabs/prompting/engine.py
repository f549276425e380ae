"""The engine: every text in every pattern through one masked language model, looked at where the mask is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from playground.runtime.contracts import Context, Frame
from playground.tabs.prompting.answers import Sheet, answers
from playground.tabs.prompting.frames import Answers, Question
from playground.tabs.prompting.masked_lm import MaskedLM, mask_logits
from playground.tabs.prompting.material import Material, gather
from playground.tabs.prompting.patterns import Pattern, Prompt, build_prompts
from playground.tabs.prompting.request import PromptingRequest
from playground.tabs.prompting.verbalizers import Verbalizer, label_ids, pieces

VERSION = "1"
FRAMES: tuple[type[Frame], ...] = (Frame, Question, Answers)


def run(request: PromptingRequest, context: Context) -> Iterator[Frame]:
    """Say how the label words are read, then give the answers; ends early when the run is cancelled."""
    patterns, verbalizer = request.all_patterns(), request.label_words()
    request.own_weights()  # refuses too few before anything is read
    material = gather(request, verbalizer.labels)
    with context.lease(request.model) as loaded:
        lm = MaskedLM(loaded)
        yield _question(material, patterns, verbalizer, lm.tokenizer)
        ids = label_ids(verbalizer, lm.tokenizer)
        prompts = [_prompts(material, pattern, lm.tokenizer) for pattern in patterns]
        sheet = Sheet(sum(map(len, prompts)), ids)
        for done in _read(lm, [prompt for of_pattern in prompts for prompt in of_pattern], sheet):
            if context.cancelled:
                return
            yield Frame(done)
        yield answers(request, material, sheet, prompts, lm.tokenizer)


def _question(material: Material, patterns: Sequence[Pattern], verbalizer: Verbalizer, tokenizer: Any) -> Question:
    cut = tuple(tuple(pieces(word, tokenizer) for word in words) for words in verbalizer.words.values())
    unknown = tokenizer.unk_token
    return Question(
        done=0.0,
        texts=material.texts,
        gold=np.array(material.gold, dtype=np.int64),
        patterns=tuple(pattern.template for pattern in patterns),
        labels=verbalizer.labels,
        words=tuple(verbalizer.words.values()),
        pieces=cut,
        usable=tuple(tuple(len(tokens) == 1 and tokens[0] != unknown for tokens in words) for words in cut),
    )


def _prompts(material: Material, pattern: Pattern, tokenizer: Any) -> list[Prompt]:
    """Every list of texts in the pattern, one behind the other."""
    texts = (*material.texts, *material.blank, *material.labelled, *material.unlabelled)
    return build_prompts(pattern, texts, tokenizer)


def _read(lm: MaskedLM, prompts: Sequence[Prompt], sheet: Sheet) -> Iterator[float]:
    """Fill the sheet in, and say after every batch how far that is."""
    read = 0
    for places, logits in mask_logits(lm, prompts, batch_tokens=lm.batch_tokens):
        sheet.write(places, logits[:, 0])
        read += len(places)
        yield read / len(prompts)
