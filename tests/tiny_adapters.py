"""LoRA adapters with random matrices over tiny or packaged encoders, laid out like the shipped ones."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, get_peft_model
from torch import nn

from models.nets.cross_encoder import CrossEncoder, bert_of
from playground.runtime.loaders import Loaded

LINEAR_MAPS = r".*encoder\.layer\.\d+\.attention\.self\.(query|value)"
CARD = """---
license: apache-2.0
whybox:
  title: Tiny {name}
  task: {task}
  base: {base}
---
"""


def write_adapter(folder: Path, base: Loaded, base_id: str, task: str = "sentence-embedding", seed: int = 0) -> None:
    """An adapter that changes the output of its base; a cross-encoder comes with its head."""
    torch.manual_seed(seed)
    tree: Any = copy.deepcopy(base.model)
    if task == "cross-encoder":
        tree = CrossEncoder(bert_of(tree))
    save = ["head"] if isinstance(tree, CrossEncoder) else None
    config = LoraConfig(r=2, target_modules=LINEAR_MAPS, init_lora_weights=False, modules_to_save=save)
    wrapped: nn.Module = get_peft_model(tree, config)
    wrapped.save_pretrained(folder)  # type: ignore[operator]
    (folder / "README.md").write_text(CARD.format(name=folder.name, task=task, base=base_id), encoding="utf-8")
