import math
from pathlib import Path

import pytest
import torch

from models.recipes.card import figures_row, render_card
from models.recipes.shipping import measured_on, write_json
from models.recipes.t_ta_quality import quality
from tests.tiny_t_ta import tiny_t_ta, write_t_ta

TEXTS = ["the movie was great", "it was a bad film , and the plot was boring"]


def test_every_token_is_guessed_from_all_others() -> None:
    loaded = tiny_t_ta()
    found = quality(loaded.model, loaded.tokenizer, TEXTS)  # type: ignore[arg-type]
    nats, first = [], 0
    for text in TEXTS:
        ids = loaded.tokenizer(text, return_tensors="pt").input_ids  # type: ignore[misc]
        log_p = loaded.model(ids, torch.ones_like(ids))[0, 1:-1].log_softmax(dim=-1)
        nats += (-log_p.gather(1, ids[0, 1:-1, None])).flatten().tolist()
        first += int((log_p.argmax(dim=-1) == ids[0, 1:-1]).sum())
    assert found.tokens == len(nats) == 15
    assert found.top1 == pytest.approx(first / 15)
    assert found.perplexity == pytest.approx(math.exp(sum(nats) / 15), rel=1e-4)


def test_the_card_and_the_row_say_what_was_measured(tmp_path: Path) -> None:
    folder = write_t_ta(tmp_path / "minilm-t-ta-en")
    write_json(
        folder / "training.json",
        {"core_minutes": 41.2, "steps": 2200, "of": 2200, "seed": 2020, "machine": "2-core CPU"},
    )
    sets = {"books": {"tokens": 1234, "top1": 0.25, "top5": 0.5, "perplexity": 61.5}}
    write_json(folder / "measured.json", measured_on(folder) | {"sets": sets})
    card = render_card(folder)
    assert "| books | 1,234 | 25.0% | 50.0% | 61.5 |" in card
    assert "base: packaged/all-minilm-l6-v2" in card
    assert "2,200 of 2,200 steps" in card
    assert figures_row(folder) == "| `minilm-t-ta-en` | books 25.0% |"
