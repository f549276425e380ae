from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from peft import get_peft_model_state_dict
from safetensors.torch import load_file
from torch import Tensor, nn

from models.losses import matching
from models.nets.cross_encoder import bert_of, mean_state, padded
from models.recipes import matching_training
from models.recipes.matching_training import (
    BATCH,
    PairEncoder,
    Plan,
    Scored,
    Whole,
    adapted,
    adapters_of,
    ready_to_train,
)
from models.recipes.shipping import read_json
from models.recipes.training import Batch, Schedule, state_folder
from tests.tiny_masked_lm import tiny_bert

PLAN = Plan("tiny-cosent-en", epochs=3, rate=0.05, seed=1)
TEXTS = ["it was good", "it was bad", "the plot was boring", "a great film and a great plot", "it is fun"]
STEPS = 2


@pytest.fixture(autouse=True)
def states(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHYBOX_TRAIN_DIR", str(tmp_path / "states"))


def tiny_model() -> tuple[PairEncoder, Any]:
    loaded = tiny_bert()
    return PairEncoder(adapted(ready_to_train(loaded.model), PLAN.seed)), loaded.tokenizer


def batches(tokenizer: Any) -> Callable[[int], Iterator[Batch]]:
    rows = tokenizer(TEXTS[:4]).input_ids

    def of_epoch(epoch: int) -> Iterator[Batch]:
        for step in range(STEPS):
            yield *padded([*rows, *rows[::-1]], 0), torch.tensor([epoch % 2, 0.2, step, 0.8])

    return of_epoch


def train(measure: Callable[[], float]) -> PairEncoder:
    model, tokenizer = tiny_model()
    matching_training.train_best(PLAN, model, batches(tokenizer), matching_training.cosent_loss, measure, STEPS)
    return model


def adapters(model: nn.Module) -> dict[str, Tensor]:
    return {name: tensor.clone() for name, tensor in get_peft_model_state_dict(adapters_of(model)).items()}


def test_rows_of_all_lengths_get_the_mean_state_that_they_have_alone() -> None:
    model, tokenizer = tiny_model()
    rows = tokenizer(TEXTS).input_ids
    together = model.eval()(*padded(rows, tokenizer.pad_token_id))
    for row, mean in zip(rows, together, strict=True):
        ids, mask = padded([row], 0)
        hidden = bert_of(model)(input_ids=ids, attention_mask=mask).last_hidden_state
        torch.testing.assert_close(mean[None], mean_state(hidden, mask), atol=1e-5, rtol=1e-5)


def test_fresh_adapters_change_nothing() -> None:
    model, tokenizer = tiny_model()
    rows = padded(tokenizer(TEXTS).input_ids, tokenizer.pad_token_id)
    torch.testing.assert_close(model.eval()(*rows), PairEncoder(tiny_bert().model)(*rows), atol=1e-5, rtol=1e-5)


def test_only_the_layers_of_the_body_are_adapted() -> None:
    model, _ = tiny_model()
    trained = [name for name, parameter in model.named_parameters() if parameter.requires_grad]
    assert len(trained) == 2 * 2 * 6  # two matrices on six maps of two layers
    assert all("encoder.layer" in name for name in trained)


def test_the_first_half_of_a_batch_is_compared_with_the_second() -> None:
    model, tokenizer = tiny_model()
    batch = next(batches(tokenizer)(0))
    u, v = model(*batch[:2]).chunk(2)
    cosines = nn.functional.cosine_similarity(u, v)
    torch.testing.assert_close(matching_training.mse_loss(model, batch), (cosines - batch[2]).square().mean())
    torch.testing.assert_close(matching_training.cosent_loss(model, batch), matching.cosent(cosines, batch[2]))


def test_sentence_bert_is_told_alike_from_a_score_of_three_on() -> None:
    model, tokenizer = tiny_model()
    model.head = matching.SoftmaxHead(16)
    ids, mask, _ = next(batches(tokenizer)(0))
    batch = ids, mask, torch.tensor([0.59, 0.6, 0.0, 1.0])
    expected = nn.functional.cross_entropy(model.head(*model(ids, mask).chunk(2)), torch.tensor([0, 1, 0, 1]))
    torch.testing.assert_close(matching_training.sbert_loss(model, batch), expected)


def test_an_epoch_reads_every_row_at_most_once_in_an_order_of_its_own() -> None:
    first, second = (list(matching_training.shuffled(3 * BATCH + 1, 7, epoch)) for epoch in (0, 1))
    assert [len(places) for places in first] == [BATCH] * 3
    assert len({place for places in first for place in places}) == 3 * BATCH
    assert first != second


def test_a_stretch_of_a_schedule_has_the_rates_of_the_whole() -> None:
    whole, stretch = Schedule(100, 1.0, warm_up=10), Whole(40, 1.0, warm_up=10, of=100)
    assert [stretch.rate(step) for step in range(40)] == [whole.rate(step) for step in range(40)]


def test_the_best_epoch_is_kept() -> None:
    seen: list[dict[str, Tensor]] = []
    model, tokenizer = tiny_model()

    def measure() -> float:
        seen.append(adapters(model))
        return (0.3, 0.7, 0.5)[len(seen) - 1]

    matching_training.train_best(PLAN, model, batches(tokenizer), matching_training.cosent_loss, measure, STEPS)
    kept = load_file(state_folder(PLAN.id) / "best.safetensors")
    assert all(torch.equal(kept[name], tensor) for name, tensor in seen[1].items())
    assert not all(torch.equal(kept[name], tensor) for name, tensor in seen[2].items())


def test_a_training_that_was_cut_ends_as_if_it_had_not_been(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    whole = adapters(train(lambda: 0.5))
    monkeypatch.setenv("WHYBOX_TRAIN_DIR", str(tmp_path / "others"))
    answers = iter([0.5])
    with pytest.raises(StopIteration):
        train(lambda: next(answers))
    assert len(read_json(state_folder(PLAN.id) / "epochs.json")) == 1
    again = adapters(train(lambda: 0.5))
    assert all(torch.equal(again[name], tensor) for name, tensor in whole.items())


def test_what_ships_is_the_best_epoch_in_half_precision(tmp_path: Path) -> None:
    answers = iter([0.7, 0.5, 0.3])
    train(lambda: next(answers))
    model, _ = tiny_model()
    matching_training.ship(PLAN, tmp_path / "shipped", adapters_of(model))
    kept = load_file(state_folder(PLAN.id) / "best.safetensors")
    shipped = load_file(tmp_path / "shipped" / "adapter_model.safetensors")
    assert {name: tensor.half().tolist() for name, tensor in kept.items()} == {
        name: tensor.tolist() for name, tensor in shipped.items()
    }
    training = read_json(tmp_path / "shipped" / "training.json")
    assert (training["best"], training["epochs"], training["dev"]) == (1, 3, [0.7, 0.5, 0.3])


def test_spearman_is_that_of_ranks() -> None:
    pairs = [Scored("", "", score) for score in (0.0, 0.2, 0.4, 1.0)]
    assert matching_training.spearman(torch.tensor([-3.0, 0.0, 0.1, 90.0]), pairs) == pytest.approx(1)
    assert matching_training.spearman(torch.tensor([3.0, 2.0, 1.0, 0.0]), pairs) == pytest.approx(-1)
