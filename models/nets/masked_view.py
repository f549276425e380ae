"""A masked language model that shares its word table with a sentence encoder, and owns everything else."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from safetensors.torch import load_file
from torch import Tensor, nn

if TYPE_CHECKING:
    from transformers import BertConfig, BertForMaskedLM

SHARED = ("bert.embeddings.word_embeddings.weight", "cls.predictions.decoder.weight")
TIED = "cls.predictions.decoder.bias"  # another name of cls.predictions.bias


def masked_view(config: BertConfig, words: nn.Parameter) -> BertForMaskedLM:
    """A BertForMaskedLM with fresh weights whose word table, at both ends, is `words` (V, D): shared, not copied.

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


def own_tensors(view: BertForMaskedLM) -> dict[str, Tensor]:
    """All that has to be stored of a view: what it does not share, each tensor once."""
    return {name: tensor for name, tensor in view.state_dict().items() if name not in (*SHARED, TIED)}


def load_view(folder: Path, words: nn.Parameter) -> BertForMaskedLM:
    """The view whose config.json and model.safetensors are in a folder, over a word table; in eval mode.

    Raises:
        ValueError: a tensor that the view owns is not in the file.
    """
    from transformers import BertConfig

    model = masked_view(BertConfig.from_pretrained(folder, local_files_only=True), words)
    missing, _ = model.load_state_dict(load_file(folder / "model.safetensors"), strict=False)
    if lacking := set(missing) - {*SHARED, TIED}:
        raise ValueError(f"{folder.name} lacks {', '.join(sorted(lacking))}.")
    model.train(False)
    return model
