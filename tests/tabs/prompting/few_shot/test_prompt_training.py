from __future__ import annotations

import copy

import pytest
import torch
from torch import nn

from playground.runtime.errors import InvalidRequest
from playground.tabs.prompting.few_shot.label_words import LabelWords, targets_of
from playground.tabs.prompting.few_shot.layers import body_of
from playground.tabs.prompting.few_shot.masking import random_masks
from playground.tabs.prompting.few_shot.method import Setting
from playground.tabs.prompting.few_shot.prompt_model import PromptModel
from playground.tabs.prompting.few_shot.prompt_training import at_masks, hidden_words_loss
from playground.tabs.prompting.few_shot.reading import padded_ids, prompts_of, read_prompts
from playground.tabs.prompting.few_shot.su import filled_and_hidden
from playground.tabs.prompting.verbalizers import Verbalizer
from tests.tabs.prompting.few_shot.test_prompt_model import result
from tests.tabs.prompting.few_shot.tiny_settings import POOL, tiny_setting


def test_the_loss_of_pet_has_the_gradient_of_the_naive_loss(exact: None) -> None:
    setting = tiny_setting(options={"layers": 2})
    prompts = prompts_of(setting, setting.patterns[0], [example.text for example in setting.train])
    targets = targets_of(setting, [example.label for example in setting.train])
    model, words = PromptModel(setting.model, 2), LabelWords(setting)
    answers = at_masks(setting, model, result(read_prompts(setting, prompts)), prompts)
    nn.functional.cross_entropy(words.scores(model, answers), targets).backward()
    whole = copy.deepcopy(setting.model.model).requires_grad_(True)
    _naive_loss(setting, whole).backward()
    naive = dict(whole.bert.encoder.layer.named_parameters())
    for name, parameter in model.layers.named_parameters():
        torch.testing.assert_close(parameter.grad, naive[name].grad, rtol=1e-3, atol=1e-6)


def _naive_loss(setting: Setting, whole: nn.Module) -> torch.Tensor:
    """PET's loss text by text, over the whole model, with full logits."""
    assert setting.model.tokenizer is not None
    vocabulary = setting.model.tokenizer.get_vocab()
    losses = []
    for example in setting.train:
        (prompt,) = prompts_of(setting, setting.patterns[0], [example.text])
        logits = whole(input_ids=torch.tensor([prompt.ids])).logits[0, prompt.masks[0]]
        scores = [
            logits[[vocabulary[word] for word in setting.verbalizer.words[label]]].mean() for label in setting.labels
        ]
        losses.append(-torch.stack(scores).log_softmax(0)[setting.labels.index(example.label)])
    return torch.stack(losses).mean()


@pytest.mark.parametrize("trained", [1, 2])
@torch.no_grad()
def test_the_masked_loss_at_the_masks_alone_is_the_full_one(trained: int, exact: None) -> None:
    setting = tiny_setting(options={"layers": trained})
    ids, mask = padded_ids(body_of(setting.model), [own.ids for own in prompts_of(setting, setting.patterns[0], POOL)])
    shown, asked = random_masks(ids, setting.model.tokenizer, torch.Generator().manual_seed(0))
    own = hidden_words_loss(setting, PromptModel(setting.model, trained), [(shown, mask, asked, ids)])
    logits = setting.model.model(input_ids=shown, attention_mask=mask.long()).logits
    full = nn.functional.cross_entropy(logits.flatten(0, 1), torch.where(asked, ids, -100).flatten())
    torch.testing.assert_close(own, full, rtol=1e-4, atol=1e-4)


def test_nothing_masked_is_no_loss_and_no_gradient() -> None:
    setting, nothing = tiny_setting(), torch.zeros(1, 5).bool()
    model = PromptModel(setting.model, 1)
    ids = torch.full((1, 5), 7)
    loss = hidden_words_loss(setting, model, [(ids, ~nothing, nothing, ids)])
    loss.backward()
    assert loss.item() == 0
    assert all(own.grad is None or own.grad.eq(0).all() for own in model.parameters())


def test_special_tokens_are_never_hidden() -> None:
    tokenizer = tiny_setting().model.tokenizer
    assert tokenizer is not None
    ids = torch.randint(len(tokenizer), (50, 50), generator=torch.Generator().manual_seed(1))
    shown, asked = random_masks(ids, tokenizer, torch.Generator().manual_seed(0), share=1.0)
    special = torch.isin(ids, torch.tensor(tokenizer.all_special_ids))
    assert asked.equal(~special)
    assert shown[special].equal(ids[special])


def test_hidden_tokens_are_80_percent_masks_and_10_percent_random() -> None:
    tokenizer = tiny_setting().model.tokenizer
    assert tokenizer is not None
    ids = torch.full((200, 500), 20)
    shown, asked = random_masks(ids, tokenizer, torch.Generator().manual_seed(0))
    assert asked.double().mean().item() == pytest.approx(0.15, abs=0.01)
    assert (shown[asked] == tokenizer.mask_token_id).double().mean().item() == pytest.approx(0.8, abs=0.02)
    assert (shown[asked] == 20).double().mean().item() == pytest.approx(0.1, abs=0.02)
    assert shown[~asked].eq(20).all()


def test_su_asks_for_the_label_s_word_at_the_mask() -> None:
    setting = tiny_setting()
    assert setting.model.tokenizer is not None
    prompts = prompts_of(setting, setting.patterns[0], POOL[:3])
    words = torch.tensor([11, 12, 13])
    rows = [prompt.ids for prompt in prompts]
    ((shown, mask, asked, true),) = filled_and_hidden(setting, rows, words, torch.Generator().manual_seed(0))
    for row, place in enumerate(sorted(range(3), key=lambda own: len(rows[own]))):
        at = prompts[place].masks[0]
        assert shown[row, at] == setting.model.tokenizer.mask_token_id
        assert asked[row, at]
        assert true[row, at] == words[place]
    assert not asked[~mask].any()


def test_a_label_without_words_is_refused_by_name() -> None:
    with pytest.raises(InvalidRequest, match="“positive” has no label words"):
        LabelWords(tiny_setting(verbalizer=Verbalizer({"negative": ("bad",)})))
