from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import nn
from transformers import BertConfig, BertForMaskedLM

from models.nets.masked_view import load_view, masked_view, own_tensors

CONFIG = BertConfig(vocab_size=30, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32)
TOKENS = torch.tensor([[2, 7, 4, 9, 3]])


def table(seed: int = 0) -> nn.Parameter:
    return nn.Parameter(torch.randn(30, 16, generator=torch.Generator().manual_seed(seed)))


def test_the_word_table_is_shared_at_both_ends():
    words = table()
    view = masked_view(CONFIG, words)
    assert view.get_input_embeddings().weight is words
    assert view.get_output_embeddings().weight is words


def test_what_is_stored_gives_the_same_answers_over_the_same_table(tmp_path: Path):
    view = masked_view(CONFIG, table()).eval()
    CONFIG.save_pretrained(tmp_path)
    save_file(own_tensors(view), tmp_path / "model.safetensors")
    assert torch.equal(view(TOKENS).logits, load_view(tmp_path, table())(TOKENS).logits)


def test_the_word_table_is_not_stored():
    view = masked_view(CONFIG, table())
    stored = sum(tensor.numel() for tensor in own_tensors(view).values())
    assert stored == sum(parameter.numel() for parameter in view.parameters()) - 30 * 16


def test_a_file_that_lacks_a_tensor_is_refused(tmp_path: Path):
    tensors = own_tensors(masked_view(CONFIG, table()))
    del tensors["cls.predictions.bias"]
    CONFIG.save_pretrained(tmp_path)
    save_file(tensors, tmp_path / "model.safetensors")
    with pytest.raises(ValueError, match=r"lacks cls\.predictions\.bias"):
        load_view(tmp_path, table())


def test_a_view_answers_as_the_whole_model_does():
    whole = BertForMaskedLM(CONFIG).eval()
    view = masked_view(CONFIG, whole.bert.embeddings.word_embeddings.weight).eval()
    view.load_state_dict(whole.state_dict())
    assert torch.equal(view(TOKENS).logits, whole(TOKENS).logits)


def test_a_table_of_another_size_is_refused():
    with pytest.raises(ValueError, match=r"\(30, 15\), not \(30, 16\)"):
        masked_view(CONFIG, nn.Parameter(torch.zeros(30, 15)))
