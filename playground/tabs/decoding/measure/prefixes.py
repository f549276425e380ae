"""The prefixes that are continued: beginnings of held-out texts, or as many tokens drawn at random.

A model of the zoo may ship `prefixes.json`, a list of texts; the recurrent models share the one in
assets/. Random prefixes keep the special tokens of the held-out ones, such as <bos>, and their lengths.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from models.nets.rnn_lm import RecurrentLM
from playground.runtime.settings import REPOSITORY, settings
from playground.tabs.decoding.measure.request import Source
from playground.tabs.decoding.texts import encode_prompt

STORYBOOKS = REPOSITORY / "assets" / "storybooks-prefixes.json"
LENGTH = 10  # random tokens where there is no held-out prefix to go by


def prefixes(loaded: Any, model: str, source: Source, count: int, seed: int, longest: int) -> tuple[list[Any], Source]:
    """Token ids of up to `count` prefixes, and the kind of prefix they are in truth."""
    path = _file(loaded, model)
    texts: list[str] = json.loads(path.read_text(encoding="utf-8")) if path else []
    encoder = bool(getattr(loaded.model.config, "is_encoder_decoder", False))
    held_out = [encode_prompt(loaded.tokenizer, text, longest, encoder=encoder)[0] for text in texts[:count]]
    if held_out and source == "held-out":
        return held_out, source
    return random_tokens(loaded.tokenizer, held_out, count, seed), "random-token"


def _file(loaded: Any, model: str) -> Path | None:
    """The model's own prefixes, if there are any."""
    own = settings().zoo_dir / model.removeprefix("zoo/") / "prefixes.json"
    if model.startswith("zoo/") and own.is_file():
        return own
    return STORYBOOKS if isinstance(loaded.model, RecurrentLM) else None


def random_tokens(tokenizer: Any, patterns: list[list[int]], count: int, seed: int) -> list[list[int]]:
    """`count` prefixes of ordinary tokens, each equally probable, laid out like the patterns in turn."""
    special = set(tokenizer.all_special_ids)
    ordinary = np.array([id for id in range(len(tokenizer)) if id not in special])
    patterns = patterns or [[int(ordinary[0])] * LENGTH]
    draw = np.random.Generator(np.random.Philox(key=seed))
    chosen = [patterns[i % len(patterns)] for i in range(count)]
    return [
        [
            old if old in special else int(new)
            for old, new in zip(pattern, draw.choice(ordinary, len(pattern)), strict=True)
        ]
        for pattern in chosen
    ]
