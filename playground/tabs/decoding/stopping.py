"""Stopping a row that has fallen into a loop, for anybody's ``model.generate``."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import torch
from torch import Tensor
from transformers import StoppingCriteria

from playground.tabs.decoding.lineage import Lineage
from playground.tabs.decoding.loops import FEWEST_COPIES, Loop, LoopDetector


class LoopStop(StoppingCriteria):
    """Ends a row whose last tokens are one stretch over and over: enough copies of it, and long enough together.

    What a loop is says :mod:`playground.tabs.decoding.loops`: at least three copies of at most 200
    tokens. ``copies`` asks for more of them, ``tokens`` for how many tokens they make together, so
    that "ha ha ha" may pass. The first ``prompt_length`` tokens are not looked at.
    """

    def __init__(self, copies: int = FEWEST_COPIES, tokens: int = 64, prompt_length: int = 0) -> None:
        self.copies = copies
        self.tokens = tokens
        self.prompt_length = prompt_length
        self._lineage = Lineage()
        self._detectors: list[LoopDetector] = []

    def __call__(self, input_ids: Tensor, scores: Any, **kwargs: Any) -> Tensor:
        """Which rows end, bool (R,); input_ids (R, T) with the prompt, scores are not used."""
        parents = self._lineage.parents(input_ids)
        if parents is None:
            self._detectors = [LoopDetector() for _ in input_ids]
            unseen = input_ids[:, self.prompt_length :].tolist()
        else:
            self._detectors = [deepcopy(self._detectors[parent]) for parent in parents.tolist()]
            unseen = input_ids[:, -1:].tolist()
        stuck = [self._ends(_push(d, tokens)) for d, tokens in zip(self._detectors, unseen, strict=True)]
        return torch.tensor(stuck, dtype=torch.bool, device=input_ids.device)

    def _ends(self, loop: Loop | None) -> bool:
        return loop is not None and loop.copies >= self.copies and loop.copies * loop.period >= self.tokens


def _push(detector: LoopDetector, tokens: list[int]) -> Loop | None:
    """The loop after the last of these tokens."""
    loop = None
    for token in tokens:
        loop = detector.push(token)
    return loop
