"""Train the Chinese models of the matching tab: six LoRA adapters over the project's small Chinese BERT.

    python -m models.recipes.chinese_matching {cosent,sbert,angle,mse,cross,simcse} --data DIR [--export]

DIR holds ``pairs/stsb-zh`` and, for simcse, ``text/modern-zh``. Five read the same 5,637 scored pairs; the
cross-encoder also reads pairs of their sentences that CoSENT scored, so it comes after it. SimCSE reads prose without
labels. With --export nothing is trained: the best epoch by now is written to the zoo.
"""

from __future__ import annotations

import os
from typing import Any

# Idle threads must sleep: on contended cores spinning ones make steps many times slower.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import torch
from torch import nn
from transformers import BertForMaskedLM, BertTokenizer

from models.recipes.matching_command import Family, run
from models.recipes.matching_training import Plan
from models.recipes.shipping import ZOO

BASE = ZOO / "bert-small-zh"
SEED = 2022
EPOCHS, RATE = 6, 1e-3
PLANS = {
    **{name: Plan(f"bert-small-{name}-zh", EPOCHS, RATE, SEED) for name in ("cosent", "sbert", "angle", "mse")},
    "cross": Plan("bert-small-cross-zh", EPOCHS, RATE, SEED),
    "simcse": Plan("bert-small-simcse-zh", 2, 3e-4, SEED),
}


def new_base() -> tuple[nn.Module, Any]:
    """The masked language model, whose BERT is the encoder, and its tokenizer."""
    return BertForMaskedLM.from_pretrained(BASE, dtype=torch.float32), BertTokenizer.from_pretrained(BASE)


FAMILY = Family("zh", PLANS, new_base)

if __name__ == "__main__":
    run(__doc__, FAMILY, SEED)
