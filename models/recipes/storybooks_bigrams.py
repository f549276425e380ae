"""Count which token follows which in children's storybooks, for the bigram exhibit of the decoding tab.

    python -m models.recipes.storybooks_bigrams --data DIR

DIR holds ``text/storybooks/train.txt.gz``: one paragraph a line, 41 children's books dated before
1929 (mlschmitt/classic-books-markdown at 9448827), public domain in the United States. Tokens are
those of models/zoo/rnn-tanh-vanilla. The 255 most frequent ones are kept; a pair counts when both
of its tokens are kept, and <eos> follows the last token of a paragraph. Nothing is random.

assets/storybooks-bigrams.json holds ``texts`` (255), ``starts`` (255) how often a paragraph begins
with each, and ``counts`` (255, 256), row = token, column = the next one, the last column <eos>.
``sentences`` says how many sentences follow another one of their paragraph and how many are its copy.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from transformers import PreTrainedTokenizerFast

from models.recipes.corpus import read_lines

REPOSITORY = Path(__file__).resolve().parents[2]
TOKENIZER = REPOSITORY / "models" / "zoo" / "rnn-tanh-vanilla"
RESULT = REPOSITORY / "assets" / "storybooks-bigrams.json"
KEPT = 255
WORD = re.compile(r"\w")
SENTENCE_END = re.compile(r"(?<=[.!?])[\"'”’)]*\s+")


def count_bigrams(rows: Sequence[Sequence[int]], kept: int) -> tuple[list[int], list[int], list[list[int]]]:
    """The most frequent tokens, how often each begins a row, and the counts (kept, kept + 1) of what follows.

    Rows are token ids without <bos> and <eos>; the last column counts the ends of rows.
    """
    frequency = Counter(token for row in rows for token in row)
    tokens = sorted(frequency, key=lambda token: (-frequency[token], token))[:kept]
    place = {token: index for index, token in enumerate(tokens)}
    starts = [0] * len(tokens)
    counts = [[0] * (len(tokens) + 1) for _ in tokens]
    for row in rows:
        places = [place.get(token, -1) for token in row]
        if places and places[0] >= 0:
            starts[places[0]] += 1
        for here, following in pairwise([*places, len(tokens)]):
            if here >= 0 and following >= 0:
                counts[here][following] += 1
    return tokens, starts, counts


def count_repeated_sentences(lines: Iterable[str]) -> dict[str, int]:
    """How many sentences follow another of their paragraph, and how many of those are its exact copy."""
    following = repeated = 0
    for line in lines:
        sentences = [sentence for sentence in SENTENCE_END.split(line) if WORD.search(sentence)]
        following += max(0, len(sentences) - 1)
        repeated += sum(one == next for one, next in pairwise(sentences))
    return {"following": following, "repeated": repeated}


def main() -> None:
    """Count, and write the asset."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds text/storybooks")
    lines = read_lines(parser.parse_args().data / "text" / "storybooks" / "train.txt.gz")
    tokenizer: Any = PreTrainedTokenizerFast.from_pretrained(TOKENIZER)
    rows = tokenizer(lines, add_special_tokens=False).input_ids
    tokens, starts, counts = count_bigrams(rows, KEPT)
    result = {
        "texts": [tokenizer.decode([token], clean_up_tokenization_spaces=False) for token in tokens],
        "starts": starts,
        "sentences": count_repeated_sentences(lines),
        "counts": counts,
    }
    RESULT.write_text(json.dumps(result, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
