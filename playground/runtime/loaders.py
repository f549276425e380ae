"""From a folder of safetensors and JSON to a module that is ready to run, by task and model type.

Nothing in the folder is imported or unpickled. Modules come in float32, in eval mode, and without
gradients: a leased model is shared, so a training works on a copy.
"""

from __future__ import annotations

import copy
import importlib
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from playground.runtime.contracts import Note
from playground.runtime.errors import ModelUnavailable
from playground.runtime.forking import ForkSafeLock
from playground.runtime.picture_models import NETWORKS, picture_model

LONGEST_SENTENCE = 256  # word pieces, as the packaged encoder was trained
# transformers patches process-wide state while it builds a model: one at a time, and no fork meanwhile.
_one_at_a_time = ForkSafeLock()


@dataclass(frozen=True)
class Loaded:
    """A model in memory, with its tokenizer where the task has one; `note` tells of a fallback."""

    model: nn.Module
    tokenizer: Any | None
    device: torch.device
    note: Note | None = None


def load(folder: Path, task: str, device: torch.device, base: Loaded | None = None) -> Loaded:
    """The model in a folder, on a device; with a base, the folder is an adapter or a view of it.

    Raises:
        ModelUnavailable: no loader for this task.
    """
    from transformers.utils.logging import disable_progress_bar

    with _one_at_a_time:
        disable_progress_bar()  # type: ignore[no-untyped-call]
        if base is not None:
            return _over(folder, task, device, base)
        if task not in _BUILDERS:
            raise ModelUnavailable("Models for the task {task} cannot be loaded by this version.", task=task)
        model = _BUILDERS[task](folder)
        tokenizer = None if task == "sentence-embedding" else _tokenizer(folder)
        return Loaded(_prepared(model, device), tokenizer, device)


def shared_copy(module: nn.Module) -> nn.Module:
    """A module of its own whose parameters and buffers are those of the other one, not copies."""
    tensors = (*module.parameters(), *module.buffers())
    return copy.deepcopy(module, memo={id(tensor): tensor for tensor in tensors})


def _prepared(module: nn.Module, device: torch.device) -> nn.Module:
    return module.eval().requires_grad_(False).to(device)


def _over(folder: Path, task: str, device: torch.device, base: Loaded) -> Loaded:
    """A model that shares tensors with its base: a view where it has weights of its own, else an adapter."""
    if task in _VIEWS and (folder / "model.safetensors").is_file():
        from transformers import PreTrainedConfig

        # The folder's own configuration may be of a network that transformers does not know.
        tokenizer = _tokenizer(folder, config=PreTrainedConfig())
        return Loaded(_prepared(_VIEWS[task](folder, base.model), device), tokenizer, device)
    # peft changes the module tree in place; the tensors of the base stay shared.
    tree, tokenizer = shared_copy(base.model), base.tokenizer
    if task in _PAIR_READERS:
        tokenizer = tokenizer or base.model.tokenizer
        tree = _pair_reader(task, tree)
    return Loaded(_prepared(_adapter(folder, tree), device), tokenizer, device)


def _pair_reader(task: str, base: nn.Module) -> nn.Module:
    """A fresh network that reads two texts together, over the layers of an encoder."""
    from models.nets.cross_encoder import bert_of

    name, network = _PAIR_READERS[task]
    module: nn.Module = getattr(importlib.import_module(f"models.nets.{name}"), network)(bert_of(base))
    return module


def _masked_view(folder: Path, base: nn.Module) -> nn.Module:
    """A masked language model over the word table of a sentence encoder."""
    from models.nets.masked_view import load_view

    try:
        return load_view(folder, _word_table(base))
    except ValueError as error:
        raise ModelUnavailable("{model} lacks weights that its base does not have.", model=folder.name) from error


def _t_ta_view(folder: Path, base: nn.Module) -> nn.Module:
    """A T-TA over the word table of a sentence encoder."""
    from models.nets.t_ta import load_t_ta

    try:
        return load_t_ta(folder, _word_table(base))
    except ValueError as error:
        raise ModelUnavailable("The weights of {model} do not fit its config.json.", model=folder.name) from error


def _word_table(base: nn.Module) -> nn.Parameter:
    (words,) = (tensor for name, tensor in base.named_parameters() if name.endswith("word_embeddings.weight"))
    return words


def _adapter(folder: Path, tree: nn.Module) -> nn.Module:
    """The tree under the adapter in a folder."""
    from peft import PeftModel

    if not (folder / "adapter_model.safetensors").is_file():
        raise ModelUnavailable("{model} has no adapter_model.safetensors.", model=folder.name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # peft asks for a name that transformers renamed
        return PeftModel.from_pretrained(tree, folder)


def _language_model(auto_class: str) -> Callable[[Path], nn.Module]:
    def build(folder: Path) -> nn.Module:
        # It replaces itself in sys.modules: while another thread imports it, a statement would give the module before.
        transformers: Any = importlib.import_module("transformers")
        config, _ = transformers.PretrainedConfig.get_config_dict(folder, local_files_only=True)
        if config.get("model_type") == "whybox-rnn-lm":
            from models.nets.rnn_lm import RecurrentLM

            loader: Any = RecurrentLM
            options: dict[str, Any] = {}
        else:
            loader, options = getattr(transformers, auto_class), {"trust_remote_code": False}
        model: nn.Module = loader.from_pretrained(
            folder, dtype=torch.float32, use_safetensors=True, local_files_only=True, **options
        )
        return model

    return build


def _sentence_encoder(folder: Path) -> nn.Module:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer

    # Built by hand: the folder's modules.json could name any class to import.
    options = {"trust_remote_code": False, "local_files_only": True}
    words = Transformer(
        str(folder),
        max_seq_length=LONGEST_SENTENCE,
        model_kwargs=options | {"use_safetensors": True, "dtype": torch.float32},
        processor_kwargs=options,
        config_kwargs=options,
    )
    pooling = Pooling(words.get_embedding_dimension(), "mean")
    return SentenceTransformer(modules=[words, pooling, Normalize()], device="cpu")


def _tokenizer(folder: Path, **options: Any) -> Any | None:
    if not (folder / "tokenizer.json").is_file():
        return None
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(folder, trust_remote_code=False, local_files_only=True, **options)


_VIEWS: dict[str, Callable[[Path, nn.Module], nn.Module]] = {"masked-lm": _masked_view, "t-ta": _t_ta_view}
_PAIR_READERS = {  # task: module in models.nets, network
    "cross-encoder": ("cross_encoder", "CrossEncoder"),
    "conditional-cross-encoder": ("conditional_cross_encoder", "ConditionalCrossEncoder"),
}
_BUILDERS: dict[str, Callable[[Path], nn.Module]] = {
    "causal-lm": _language_model("AutoModelForCausalLM"),
    "masked-lm": _language_model("AutoModelForMaskedLM"),
    "seq2seq-lm": _language_model("AutoModelForSeq2SeqLM"),
    "sentence-embedding": _sentence_encoder,
    **{task: picture_model(task) for task in NETWORKS},
}
