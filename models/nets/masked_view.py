"""A masked language model that shares its word table with a sentence encoder, and owns everything else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import nn

if TYPE_CHECKING:
    from transformers import BertConfig, BertForMaskedLM

SHARED = ("bert.embeddings.word_embeddings.weight", "cls.predictions.decoder.weight")


def masked_view(config: BertConfig, words: nn.Parameter) -> BertForMaskedLM:
    """A BertForMaskedLM with fresh weights whose word table, at both ends, is `words` (V, D): shared, not copied.

    Its state without the two names in SHARED is all that has to be stored.

    Raises:
        ValueError: the word table has another shape than the configuration says.
    """
    from transformers import BertForMaskedLM

    if tuple(words.shape) != (config.vocab_size, config.hidden_size):
        raise ValueError(f"The word table is {tuple(words.shape)}, not {(config.vocab_size, config.hidden_size)}.")
    model = BertForMaskedLM(config)
    model.bert.embeddings.word_embeddings.weight = words
    model.cls.predictions.decoder.weight = words
    return model
