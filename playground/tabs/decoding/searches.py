"""The search that a strategy names: beam, diverse beam or contrastive."""

from __future__ import annotations

import torch

from playground.tabs.decoding.beams import BeamSearch, DiverseBeamSearch
from playground.tabs.decoding.contrastive import ContrastiveSearch
from playground.tabs.decoding.hypotheses import Advance, Node, Search
from playground.tabs.decoding.strategies import Strategy

__all__ = ["Advance", "Node", "Search", "search_for"]


def search_for(strategy: Strategy, eos: int | None, limit: int, device: torch.device) -> Search:
    """A new search for at most `limit` tokens; ValueError for a strategy that is none."""
    numbers = strategy.numbers(strategy.selection)
    match strategy.selection:
        case "beam":
            return BeamSearch(int(numbers[0]), eos, limit, device=device)
        case "diverse-beam":
            return DiverseBeamSearch(int(numbers[0]), int(numbers[1]), eos, limit, numbers[2], device=device)
        case "contrastive":
            return ContrastiveSearch(int(numbers[0]), numbers[1], eos, limit)
        case _:
            raise ValueError(f"{strategy.name} is no search")
