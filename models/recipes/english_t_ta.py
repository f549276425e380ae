"""Train the T-TA of the prompting tab: every token's distribution given all others, in one pass.

    python -m models.recipes.english_t_ta --data DIR [--export]

DIR holds ``text`` and ``classify``. The sentence encoder all-MiniLM-L6-v2 lends its word table, which stays as it is
and is not shipped again; its first layers are where the training starts, since they turn embeddings into attention
already. It reads what the English masked language model reads (books of before 1929 and film reviews without their
labels, none of them what the tab is measured on), and is asked for every token of it, not for 15 % of them. With
--export nothing is trained: what the training's state holds by now is written to the zoo.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

# Idle threads must sleep: on contended cores spinning ones make steps many times slower.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import torch
from torch import Tensor, nn
from transformers import BertModel, PreTrainedTokenizerBase

from models.nets.t_ta import SHARED, TTA, TTAShape
from models.recipes.corpus import length_batches
from models.recipes.english_mlm import BASE, REVIEWS, cut, read_texts
from models.recipes.masking import pad_rows
from models.recipes.sampled_softmax import draw_candidates
from models.recipes.shipping import write_json
from models.recipes.training import Batch, Schedule, state_folder, train
from models.recipes.views import ship_view, train_and_ship

MODEL_ID = "minilm-t-ta-en"
LAYERS = 4
LONGEST = 128  # tokens
BATCH_TOKENS = 2048
DRAWN = 3_000  # words that stand for those which a batch does not ask for
STEPS = 1_600  # 3.3 million tokens
PEAK_RATE, HEAD_MULTIPLE = 6e-4, 2.0
WARM_UP = 100
SEED = 2020

# MiniLM's names of a layer's parts, and ours
PARTS = {
    "attention.self.query": "query",
    "attention.self.key": "key",
    "attention.self.value": "value",
    "attention.output.dense": "mix",
    "attention.output.LayerNorm": "mixed",
    "intermediate.dense": "widen",
    "output.dense": "narrow",
    "output.LayerNorm": "fed",
}


def new_model(seed: int) -> TTA:
    """A T-TA whose layers are MiniLM's first ones, under a fresh head; the word table is frozen."""
    base = BertModel.from_pretrained(BASE, add_pooling_layer=False)
    words: Any = base.embeddings.word_embeddings.weight
    torch.manual_seed(seed)
    heads: int = base.config.num_attention_heads
    shape = TTAShape(len(words), words.shape[1], LAYERS, heads, longest=LONGEST)
    model = TTA(shape, words.requires_grad_(False))
    start_from(model, base)
    return model


@torch.no_grad()
def start_from(model: TTA, base: BertModel) -> None:
    """Give the model the positions and the first layers of a BERT; queries start as the positions alone."""
    embeddings: Any = base.embeddings
    positions = embeddings.position_embeddings.weight + embeddings.token_type_embeddings.weight[0]
    model.positions.copy_(positions[: model.shape.longest])
    model.embedded.load_state_dict(embeddings.LayerNorm.state_dict())
    model.queries.copy_(model.embedded(model.positions))
    for layer, source in zip(model.layers, base.encoder.layer, strict=False):
        for theirs, ours in PARTS.items():
            getattr(layer, ours).load_state_dict(source.get_submodule(theirs).state_dict())


@torch.no_grad()
def start_from_frequencies(model: TTA, rows: list[list[int]]) -> None:
    """Let the head begin with how often every word occurs."""
    counts = torch.bincount(torch.tensor([id for row in rows for id in row]), minlength=len(model.bias)) + 0.1
    model.bias.copy_((counts / counts.sum()).log())


def every_token_batch(
    rows: list[list[int]], tokenizer: PreTrainedTokenizerBase, drawn: int, generator: torch.Generator
) -> Batch:
    """Ids and mask (B, T), flat places (M,) of all tokens but [CLS], [SEP] and padding, and what draw_candidates gives.

    A place's label is among the candidates; `drawn` words stand for all others.
    """
    ids = pad_rows(rows, tokenizer.pad_token_id)
    asked = ~torch.isin(ids, torch.tensor([tokenizer.pad_token_id, tokenizer.cls_token_id, tokenizer.sep_token_id]))
    places = asked.flatten().nonzero()[:, 0]
    candidates = draw_candidates(ids.flatten()[places], len(tokenizer), drawn, generator)
    return ids, (ids != tokenizer.pad_token_id).long(), places, *candidates


def every_token_loss(model: nn.Module, batch: Batch) -> Tensor:
    """Mean negative log-likelihood of the tokens asked for, each given all others of its row."""
    ids, mask, places, candidates, addition, labels = batch
    assert isinstance(model, TTA)
    state = model.hidden(nn.functional.embedding(ids, model.words), mask)
    transformed = model.transform(state.flatten(0, 1)[places])  # (M, D)
    logits = nn.functional.linear(transformed, model.words[candidates], model.bias[candidates])  # (M, C)
    return nn.functional.cross_entropy(logits.float() + addition, labels)


def train_model(tokenizer: PreTrainedTokenizerBase, data: Path, seed: int) -> None:
    """Train to the end; the state keeps the model."""
    books, reviews = (
        [piece for row in tokenizer(texts).input_ids for piece in cut(row, LONGEST) if len(piece) > 3]
        for texts in read_texts(data)
    )
    rows = books + REVIEWS * reviews

    def batches(epoch: int) -> Iterator[Batch]:
        generator = torch.Generator().manual_seed(seed * 1000 + epoch)
        for batch in length_batches(rows, BATCH_TOKENS, generator):
            yield every_token_batch(batch, tokenizer, DRAWN, generator)

    model = new_model(seed)
    start_from_frequencies(model, rows)
    head = [(parameter, HEAD_MULTIPLE) for parameter in (*model.transform.parameters(), model.bias)]
    schedule = Schedule(STEPS, PEAK_RATE, warm_up=WARM_UP)
    train(model, batches, every_token_loss, schedule, state_folder(MODEL_ID), head)


def ship_t_ta(folder: Path, model: TTA, tokenizer: PreTrainedTokenizerBase, training: dict[str, Any]) -> None:
    """Write all but the shared word table in half precision, the shape, the tokenizer and how it was trained."""
    own = {name: tensor for name, tensor in model.state_dict().items() if name != SHARED}
    ship_view(folder, own, tokenizer, training)
    write_json(folder / "config.json", asdict(model.shape))


if __name__ == "__main__":
    train_and_ship(__doc__, MODEL_ID, SEED, STEPS, BASE, new_model, train_model, ship_t_ta)
