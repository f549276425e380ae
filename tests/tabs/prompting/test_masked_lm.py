from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch
from torch import Tensor

from playground.runtime.errors import InvalidRequest
from playground.runtime.loaders import Loaded
from playground.tabs.prompting import masked_lm
from playground.tabs.prompting.masked_lm import MaskedLM, mask_logits
from playground.tabs.prompting.patterns import Prompt, build_prompt, parse_pattern
from tests.tiny_masked_lm import tiny_bert, tiny_roberta

MODELS = {"bert": tiny_bert(), "roberta": tiny_roberta()}


@pytest.fixture(autouse=True)
def in_float32(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(masked_lm, "has_bfloat16", lambda: False)


def prompts_of(loaded: Loaded, masks: int = 1) -> list[Prompt]:
    pattern = parse_pattern("{text} It was [MASK].")
    return [build_prompt(pattern, "great bad " * count, loaded.tokenizer, masks=masks) for count in (3, 1, 7, 2)]


def alone(loaded: Loaded, prompt: Prompt) -> Tensor:
    """The definition: the whole model over one prompt, every position projected, the masks looked up."""
    logits: Tensor = loaded.model(input_ids=torch.tensor([prompt.ids])).logits[0]
    return logits[list(prompt.masks)]


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("masks", [1, 2])
def test_batched_logits_at_the_masks_are_those_of_the_whole_model_alone(name: str, masks: int) -> None:
    loaded = MODELS[name]
    prompts = prompts_of(loaded, masks)
    seen = []
    for places, logits in mask_logits(MaskedLM(loaded), prompts, batch_tokens=40):
        for place, row in zip(places, logits, strict=True):
            torch.testing.assert_close(row, alone(loaded, prompts[place]), rtol=1e-4, atol=1e-4)
            seen.append(place)
    assert sorted(seen) == [0, 1, 2, 3]


def test_bfloat16_changes_the_logits_little(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = MODELS["bert"]
    prompts = prompts_of(loaded)
    exact = {places[0]: logits for places, logits in mask_logits(MaskedLM(loaded), prompts, batch_tokens=1)}
    monkeypatch.setattr(masked_lm, "has_bfloat16", lambda: True)
    for places, logits in mask_logits(MaskedLM(loaded), prompts, batch_tokens=1):
        assert logits.dtype == torch.float32
        assert (logits - exact[places[0]]).abs().max() < 0.05 * exact[places[0]].abs().max()


def test_gradients_pass_through_both_halves() -> None:
    loaded = tiny_bert()
    loaded.model.requires_grad_(True)
    lm = MaskedLM(loaded)
    hidden = lm.hidden(*lm.padded(prompts_of(loaded)))
    lm.head(hidden[:, 0]).sum().backward()
    assert loaded.model.base_model.embeddings.word_embeddings.weight.grad.abs().sum() > 0


def test_a_model_without_a_head_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="no head"):
        MaskedLM(replace(MODELS["bert"], model=SimpleNamespace()))  # type: ignore[arg-type]
