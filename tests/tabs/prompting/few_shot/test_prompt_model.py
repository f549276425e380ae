from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch
from torch import Tensor

from playground.runtime.loaders import Loaded
from playground.tabs.prompting.few_shot.method import Progress
from playground.tabs.prompting.few_shot.prompt_model import PromptModel
from playground.tabs.prompting.few_shot.prompt_training import at_masks
from playground.tabs.prompting.few_shot.reading import Reading, prompts_of, read_prompts
from playground.tabs.prompting.verbalizers import Verbalizer
from tests.tabs.prompting.few_shot.tiny_settings import TEST, tiny_setting
from tests.tiny_masked_lm import tiny_bert, tiny_roberta

both_kinds = pytest.mark.parametrize("loaded", [tiny_bert(), tiny_roberta()], ids=["bert", "roberta"])


def result(reading: Reading) -> list[Tensor]:
    """What a reading gives."""
    while True:
        try:
            next(reading)
        except StopIteration as stop:
            states: list[Tensor] = stop.value
            return states


@both_kinds
@pytest.mark.parametrize("trained", [0, 1, 2, 9])
@torch.no_grad()
def test_an_untrained_one_gives_the_whole_model_s_logits(loaded: Loaded, trained: int, exact: None) -> None:
    setting = tiny_setting(loaded, verbalizer=Verbalizer({}), options={"layers": trained})
    prompts = prompts_of(setting, setting.patterns[0], TEST)
    model = PromptModel(loaded, trained)
    own = model.logits(at_masks(setting, model, result(read_prompts(setting, prompts)), prompts))
    for prompt, logits in zip(prompts, own, strict=True):
        whole = loaded.model(input_ids=torch.tensor([prompt.ids])).logits[0, prompt.masks[0]]
        torch.testing.assert_close(logits, whole, rtol=1e-4, atol=1e-4)


@both_kinds
def test_the_logits_of_some_words_are_those_of_all(loaded: Loaded) -> None:
    model, answers = PromptModel(loaded, 1), torch.randn(3, 16)
    ids = torch.tensor([7, 9, 30])
    torch.testing.assert_close(model.logits(answers, ids), model.logits(answers)[:, ids])


@both_kinds
def test_the_word_table_is_shared_and_never_trained(loaded: Loaded) -> None:
    table = loaded.model.get_output_embeddings().weight
    model = PromptModel(loaded, 1)
    assert all(parameter.shape != table.shape and parameter.requires_grad for parameter in model.parameters())
    model.logits(torch.randn(3, 16)).sum().backward()
    assert table.grad is None


@both_kinds
@torch.no_grad()
def test_installed_in_a_copy_it_answers_as_it_did(loaded: Loaded, exact: None) -> None:
    setting = tiny_setting(loaded, verbalizer=Verbalizer({}))
    model = PromptModel(loaded, 1)
    for parameter in model.parameters():
        parameter.add_(0.1)
    prompts = prompts_of(setting, setting.patterns[0], TEST[:1])
    own = model.logits(at_masks(setting, model, result(read_prompts(setting, prompts)), prompts))[0]
    whole = model.installed(loaded)
    logits = whole(input_ids=torch.tensor([prompts[0].ids])).logits[0, prompts[0].masks[0]]
    torch.testing.assert_close(own, logits, rtol=1e-4, atol=1e-4)


def test_reading_ends_in_states_of_every_prompt() -> None:
    setting = tiny_setting()
    prompts = prompts_of(setting, setting.patterns[0], TEST)
    assert [len(states) for states in result(read_prompts(setting, prompts))] == [len(own.ids) for own in prompts]


def test_states_are_read_once_where_they_are_kept() -> None:
    setting = tiny_setting()
    prompts = prompts_of(setting, setting.patterns[0], TEST)
    first = result(read_prompts(setting, prompts, kept=True))
    steps: Iterator[Progress] = read_prompts(setting, prompts, kept=True)
    assert list(steps) == []
    assert result(read_prompts(setting, prompts)) is first


def test_the_oldest_states_leave_where_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playground.tabs.prompting.few_shot.reading.KEPT_BYTES", 1)
    setting = tiny_setting()
    for text in TEST:
        result(read_prompts(setting, prompts_of(setting, setting.patterns[0], [text]), kept=True))
    assert len(setting.hidden) == 1
