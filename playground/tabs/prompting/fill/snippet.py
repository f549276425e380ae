"""The panel's scores in anybody's Python."""

from __future__ import annotations

from playground.tabs.prompting.fill.request import FillRequest

SNIPPET = """\
from playground.runtime.registry import registry
from playground.tabs.prompting.fill.gaps import count_gaps, with_gaps
from playground.tabs.prompting.fill.spelling import ORDERS, Spelling, spell
from playground.tabs.prompting.masked_lm import MaskedLM
from playground.tabs.prompting.verbalizers import pieces

text = {text!r}
with registry().lease({model!r}) as loaded:
    lm = MaskedLM(loaded)
    for word in {words!r}:
        targets = tuple(lm.tokenizer.convert_tokens_to_ids(pieces(word, lm.tokenizer)))
        widths = [1] * count_gaps(text)
        widths[{place}] = len(targets)
        prompt = with_gaps(text, lm.tokenizer, widths)
        places = prompt.masks[{place} : {place} + len(targets)]
        tries = [Spelling(prompt, places, order, targets) for order in ORDERS]
        for _ in spell(lm, tries):
            pass
        print(word, [round(sum(each.log_probabilities()), 3) for each in tries])
"""


def snippet(request: FillRequest) -> str:
    """Code that scores the words of the request in the three orders."""
    words = list(request.chosen()) or ["good", "bad"]
    return SNIPPET.format(text=request.text, model=request.model, words=words, place=request.gap - 1)
