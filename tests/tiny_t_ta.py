"""A T-TA of 16 units over the tiny masked language model's word table, loaded and laid out like the shipped one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from models.nets.t_ta import TTA, TTAShape
from models.recipes.english_t_ta import ship_t_ta
from playground.runtime.loaders import Loaded
from tests.tiny_masked_lm import ENGLISH, tiny_bert

T_TA = "minilm-t-ta-en"
CARD = f"---\nlicense: apache-2.0\nwhybox:\n  title: Tiny T-TA\n  task: t-ta\n  base: zoo/{ENGLISH}\n---\n"


def tiny_t_ta(base: Loaded | None = None) -> Loaded:
    """An untrained T-TA, ready as from a lease."""
    base = base or tiny_bert()
    model: Any = base.model
    words = model.get_input_embeddings().weight
    torch.manual_seed(0)
    shape = TTAShape(*words.shape, layers=2, heads=2, inner=32, longest=40)
    return Loaded(TTA(shape, words).eval().requires_grad_(False), base.tokenizer, torch.device("cpu"))


def write_t_ta(folder: Path) -> Path:
    """The tiny T-TA as a folder of the zoo, whose base is the tiny masked language model beside it."""
    loaded = tiny_t_ta()
    assert isinstance(loaded.model, TTA)
    assert loaded.tokenizer is not None
    ship_t_ta(folder, loaded.model, loaded.tokenizer, {"steps": 0})
    (folder / "README.md").write_text(CARD, encoding="utf-8")
    return folder
