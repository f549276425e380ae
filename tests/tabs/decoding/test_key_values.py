import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import DynamicCache, LlamaConfig, MistralConfig, T5Config
from transformers.cache_utils import DynamicLayer

from playground.tabs.decoding.key_values import GrowingLayer, growing_cache, growing_encoder_decoder_cache

SMALL = {"num_hidden_layers": 2, "hidden_size": 32, "num_attention_heads": 4, "vocab_size": 50}
ORDERS = st.lists(st.integers(0, 7), min_size=1, max_size=6)


def states(rows, tokens, seed):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(2, rows, 3, tokens, 5, generator=generator)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 90), ORDERS), min_size=1, max_size=5))
def test_a_growing_layer_holds_what_a_dynamic_one_holds(calls):
    ours, theirs, rows = GrowingLayer(), DynamicLayer(), 2
    for number, (tokens, order) in enumerate(calls):
        keys, values = states(rows, tokens, number)
        for one, other in zip(ours.update(keys, values), theirs.update(keys, values), strict=True):
            assert torch.equal(one, other)
        assert ours.get_seq_length() == theirs.get_seq_length()
        index = torch.tensor([place % rows for place in order])
        ours.reorder_cache(index)
        theirs.reorder_cache(index)
        assert torch.equal(ours.keys, theirs.keys)
        assert torch.equal(ours.values, theirs.values)
        rows = len(index)


def test_a_token_is_written_in_place():
    layer = GrowingLayer()
    layer.update(*states(1, 5, 0))
    before = layer.keys.data_ptr()
    layer.update(*states(1, 1, 1))
    assert layer.keys.data_ptr() == before


def test_rows_that_part_do_not_write_over_each_other():
    layer = GrowingLayer()
    layer.update(*states(1, 4, 0))
    layer.reorder_cache(torch.tensor([0, 0]))
    keys, _ = layer.update(*states(2, 1, 1))
    assert torch.equal(keys[0, :, :4], keys[1, :, :4])
    assert not torch.equal(keys[0, :, 4], keys[1, :, 4])


@pytest.mark.parametrize("rows", [1, 3])
def test_a_model_gives_the_same_logits_bit_for_bit(gpt2, rows):
    ids = torch.randint(3, 300, (rows, 70), generator=torch.Generator().manual_seed(0))
    found = []
    for cache in (growing_cache(gpt2.config), DynamicCache(config=gpt2.config)):
        with torch.inference_mode():
            cut = (ids[:, :3], *ids[:, 3:].split(1, dim=1))
            found.append(torch.cat([gpt2(part, past_key_values=cache).logits for part in cut], dim=1))
    assert torch.equal(*found)


def test_layers_of_another_kind_stay_as_they_are():
    assert all(type(layer) is GrowingLayer for layer in growing_cache(LlamaConfig(**SMALL)).layers)
    windowed = growing_cache(MistralConfig(**SMALL, sliding_window=4))
    assert not any(isinstance(layer, GrowingLayer) for layer in windowed.layers)


def test_the_encoder_states_are_shared_by_all_rows_without_copies():
    cache = growing_encoder_decoder_cache(T5Config(num_layers=1, vocab_size=50))
    keys, values = states(1, 6, 0)
    cache.cross_attention_cache.update(keys, values, 0)
    for rows in (4, 2):
        cache.cross_attention_cache.reorder_cache(torch.zeros(rows, dtype=torch.long))
        (layer,) = cache.cross_attention_cache.layers
        assert layer.keys.shape[0] == rows
        assert layer.keys.data_ptr() == keys.data_ptr() or layer.keys.stride(0) == 0
        assert torch.equal(layer.values[-1], values[0])
