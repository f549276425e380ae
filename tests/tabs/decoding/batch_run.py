"""A batch run to its end, its entries sorted by row."""

from __future__ import annotations

from collections import defaultdict
from types import SimpleNamespace
from typing import Any

import torch

from playground.tabs.decoding.batch import Batch
from playground.tabs.decoding.strategies import parse

COLUMNS = ("step", "node", "parent", "token", "text", "score", "probability", "kept_probability", "kept_size")
MORE = ("entropy", "p_eos", "eos_rank", "eos_kept", "bound", "loop_period", "loop_certified_at")


def run_batch(model, tokenizer, prompt, names, limit, seed=0, **options):
    """The batch after its run and, for each row, its entries as dicts in order."""
    loaded = SimpleNamespace(model=model, tokenizer=tokenizer, device=torch.device("cpu"))
    strategies = [(index, parse(name)) for index, name in enumerate(names)]
    batch = Batch(loaded, strategies, limit, seed, options.pop("loop_stop", False), **options)
    batch.read_prompt(prompt)
    entries: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
    for step in range(len(batch.forced), limit):
        if not batch.active:
            break
        table = batch.step(step)
        for i, row in enumerate(table.row.tolist()):
            entries[row].append({name: getattr(table, name)[i] for name in (*COLUMNS, *MORE)})
    return batch, [entries[index] for index in range(len(names))]


def generated(model, prompt, length, **arguments):
    """What ``generate`` adds to the prompt; an encoder-decoder model's start token is left out."""
    encodes = model.config.is_encoder_decoder
    arguments = {"pad_token_id": 0, "do_sample": False} | arguments
    output = model.generate(torch.tensor([prompt]), max_new_tokens=length, **arguments)
    return output[0, 1 if encodes else len(prompt) :].tolist()
