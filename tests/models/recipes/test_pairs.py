from __future__ import annotations

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from models.recipes.corpus import pad_pairs, pair_batches

SIDE = st.lists(st.integers(3, 99), min_size=1, max_size=12)
PAIRS = st.lists(st.tuples(SIDE, SIDE), min_size=1, max_size=30)


def batches(pairs, tokens, seed):
    return list(pair_batches(pairs, tokens, torch.Generator().manual_seed(seed)))


@settings(max_examples=50)
@given(PAIRS, st.integers(10, 100), st.integers(0, 5))
def test_every_pair_is_in_one_batch_and_batches_keep_to_their_size(pairs, tokens, seed):
    made = batches(pairs, tokens, seed)
    assert sorted(pair for batch in made for pair in batch) == sorted(pairs)
    for batch in made:
        assert len(batch) == 1 or len(batch) * max(len(source) + len(target) for source, target in batch) <= tokens


@settings(max_examples=20)
@given(PAIRS, st.integers(0, 5))
def test_batches_depend_on_the_generator_alone(pairs, seed):
    assert batches(pairs, 40, seed) == batches(pairs, 40, seed)


@settings(max_examples=50)
@given(PAIRS)
def test_the_decoder_reads_the_target_one_step_late(pairs):
    sources, mask, inputs, labels = (tensor.tolist() for tensor in pad_pairs(pairs, start=1))
    for i, (source, target) in enumerate(pairs):
        assert sources[i][: len(source)] == source
        assert mask[i] == [1] * len(source) + [0] * (len(mask[i]) - len(source))
        assert inputs[i][: len(target)] == [1, *target[:-1]]
        assert labels[i] == target + [-100] * (len(labels[i]) - len(target))
    assert len(inputs[0]) == len(labels[0]) == max(len(target) for _, target in pairs)
