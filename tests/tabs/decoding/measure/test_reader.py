from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import torch
from transformers import T5Config, T5ForConditionalGeneration

from playground.tabs.decoding.measure.reader import reader

PROMPTS = [[5, 6, 7, 8, 9, 10], [11], [12, 13, 14]]


@pytest.fixture(scope="module")
def t5() -> Any:
    torch.manual_seed(2)
    shape = {"d_model": 32, "d_kv": 8, "d_ff": 32, "num_layers": 2, "num_heads": 4, "vocab_size": 300}
    config = T5Config(**shape, decoder_start_token_id=0, eos_token_id=2, pad_token_id=0)
    return T5ForConditionalGeneration(config).eval()


@pytest.fixture(scope="module")
def models(make_rnn, gpt2, t5) -> dict[str, Any]:
    kinds = {
        f"{cell}-{end}": make_rnn(end, cell=cell) for cell in ("tanh", "lstm") for end in ("vanilla", "st", "nmst")
    }
    return kinds | {"gpt2": gpt2, "t5": t5}


NAMES = ["tanh-vanilla", "lstm-vanilla", "tanh-st", "lstm-nmst", "gpt2", "t5"]


def logits_of(model: Any, prompts: list[list[int]], said: list[list[int]]) -> torch.Tensor:
    """Logits (T + 1, N, V) as the rows say these tokens."""
    rows = reader(SimpleNamespace(model=model))
    found = [rows.read(prompts)]
    found += [rows.step(torch.tensor(tokens)) for tokens in zip(*said, strict=True)]
    return torch.stack(found)


@pytest.mark.parametrize("name", NAMES)
@torch.inference_mode()
def test_padded_prompts_read_as_each_alone(models, name):
    said = [[20, 21, 22], [23, 24, 25], [26, 27, 28]]
    together = logits_of(models[name], PROMPTS, said)
    for row, prompt in enumerate(PROMPTS):
        alone = logits_of(models[name], [prompt], [said[row]])
        torch.testing.assert_close(together[:, row], alone[:, 0], rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("name", NAMES)
@torch.inference_mode()
def test_rows_go_on_from_the_rows_they_keep(models, name):
    rows = reader(SimpleNamespace(model=models[name]))
    rows.read(PROMPTS)
    rows.step(torch.tensor([20, 21, 22]))
    rows.keep(torch.tensor([2, 2, 0]))
    after = rows.step(torch.tensor([30, 31, 32]))
    for row, (prompt, said) in enumerate([(PROMPTS[2], [22, 30]), (PROMPTS[2], [22, 31]), (PROMPTS[0], [20, 32])]):
        alone = logits_of(models[name], [prompt], [said])[-1, 0]
        torch.testing.assert_close(after[row], alone, rtol=1e-4, atol=1e-4)
