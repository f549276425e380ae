from collections.abc import Sequence
from pathlib import Path

import pytest
import torch
from transformers import BertConfig, BertForMaskedLM, BertTokenizer

from models.recipes.masking import masked_batch, masked_loss, token_rows

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
LONGEST = 12
TEXTS = ["这个酒店真不错，下次还会来。", "物流很慢，很失望。", "很好"]


@pytest.fixture
def tokenizer(tmp_path: Path) -> BertTokenizer:
    vocabulary: Sequence[str] = [*SPECIAL, *sorted(set("".join(TEXTS)))]
    (tmp_path / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    return BertTokenizer(str(tmp_path / "vocab.txt"))


def test_long_texts_are_cut_and_keep_their_ends(tokenizer: BertTokenizer):
    (row,) = token_rows(tokenizer, ["很" * 500], LONGEST)
    assert len(row) == LONGEST
    assert (row[0], row[-1]) == (tokenizer.cls_token_id, tokenizer.sep_token_id)


def test_a_fifth_is_asked_for_of_which_most_are_hidden(tokenizer: BertTokenizer):
    rows = token_rows(tokenizer, 200 * ["这个酒店真不错，下次还会来。", "很好"], 99)
    ids = [id for row in rows for id in row]
    inputs, mask, places, labels = masked_batch(rows, tokenizer, 0.2, torch.Generator().manual_seed(0))
    ordinary = sum(id not in (tokenizer.cls_token_id, tokenizer.sep_token_id) for id in ids)
    shown = inputs.flatten()[places]
    assert mask.sum() == len(ids)
    assert len(labels) / ordinary == pytest.approx(0.2, abs=0.02)
    assert (shown == tokenizer.mask_token_id).float().mean() == pytest.approx(0.8, abs=0.04)
    assert (shown == labels).float().mean() == pytest.approx(0.1, abs=0.04)


def test_what_is_not_asked_for_stays_as_it_is(tokenizer: BertTokenizer):
    rows = token_rows(tokenizer, TEXTS, 99)
    inputs, mask, places, labels = masked_batch(rows, tokenizer, 0.2, torch.Generator().manual_seed(1))
    restored = inputs.flatten().clone()
    restored[places] = labels
    for row, ids, attended in zip(rows, restored.view_as(inputs).tolist(), mask.tolist(), strict=True):
        assert ids[: len(row)] == row
        assert attended == [1] * len(row) + [0] * (len(attended) - len(row))


def test_the_loss_at_the_masked_places_equals_that_of_the_whole_computation(tokenizer: BertTokenizer):
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(tokenizer), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32
    )
    model = BertForMaskedLM(config).eval()
    batch = masked_batch(token_rows(tokenizer, TEXTS, 99), tokenizer, 0.2, torch.Generator().manual_seed(1))
    inputs, mask, places, labels = batch
    whole = torch.full(inputs.shape, -100).flatten()
    whole[places] = labels
    expected = model(input_ids=inputs, attention_mask=mask, labels=whole.view_as(inputs)).loss
    assert masked_loss(model, batch).item() == pytest.approx(expected.item(), abs=1e-6)
