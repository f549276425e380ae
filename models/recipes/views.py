"""The command line of recipes that train a model over MiniLM's word table, and what they write to the zoo."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from transformers import BertTokenizer, PreTrainedTokenizerBase

from models.recipes.shipping import ZOO, halved, write_json
from models.recipes.training import machine, options_parser, state_folder

M = TypeVar("M", bound=nn.Module)


def ship_view(
    folder: Path, own: dict[str, Tensor], tokenizer: PreTrainedTokenizerBase, training: dict[str, Any]
) -> None:
    """Write the tensors that a model owns in half precision, its tokenizer and how it was trained."""
    folder.mkdir(parents=True, exist_ok=True)
    save_file(halved(own), folder / "model.safetensors", {"format": "pt"})
    tokenizer.save_pretrained(folder)
    write_json(folder / "training.json", training)


def train_and_ship(
    about: str | None,
    model_id: str,
    seed: int,
    steps: int,
    base: Path,
    new_model: Callable[[int], M],
    train_model: Callable[[PreTrainedTokenizerBase, Path, int], None],
    ship: Callable[[Path, M, PreTrainedTokenizerBase, dict[str, Any]], None],
) -> None:
    """Train, unless told not to, and write the zoo folder from the training's state."""
    parser = options_parser(about, "folder that holds text and classify", seed)
    parser.add_argument("--export", action="store_true", help="write the zoo folder from the state, without training")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    tokenizer: Any = BertTokenizer.from_pretrained(base)
    tokenizer.backend_tokenizer.no_padding()  # the sentence encoder's pads and cuts to 128 tokens
    tokenizer.backend_tokenizer.no_truncation()
    if not options.export:
        train_model(tokenizer, options.data, options.seed)
    state = torch.load(state_folder(model_id) / "state.pt", weights_only=True)
    model = new_model(options.seed)
    model.load_state_dict(state["model"])
    training = {"seed": options.seed, "core_minutes": state["core_seconds"] / 60, "steps": state["step"], "of": steps}
    ship(ZOO / model_id, model, tokenizer, training | {"machine": machine()})
