"""Model cards: README.md of a zoo folder from its config, training and measured figures, by the model's family."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from models.recipes import (
    autoencoder_card,
    conditional_card,
    dialogue_card,
    masked_card,
    matching_card,
    nvae_card,
    picture_features_card,
    rnn_card,
    t_ta_card,
    translation_card,
)
from models.recipes.shipping import read_json

Writer = Callable[[Path], str]
WRITERS: dict[str, tuple[Writer, Writer]] = {  # card and row of README's table, by model type
    "whybox-rnn-lm": (rnn_card.render, rnn_card.row),
    "t5": (translation_card.render, translation_card.row),
    "gpt2": (dialogue_card.render, dialogue_card.row),
    "bert": (masked_card.render, masked_card.row),
    "whybox-t-ta": (t_ta_card.render, masked_card.row),
    "LORA": (matching_card.render, matching_card.row),
    "LORA conditional": (conditional_card.render, conditional_card.row),
    "whybox-nvae": (nvae_card.render, nvae_card.row),
    "whybox-autoencoder": (autoencoder_card.render, autoencoder_card.row),
    "whybox-picture-features": (picture_features_card.render, picture_features_card.row),
}


def write_card(folder: Path) -> None:
    """Write README.md into a zoo folder that holds config, training and measured figures."""
    (folder / "README.md").write_text(render_card(folder), encoding="utf-8")


def render_card(folder: Path) -> str:
    """The card of the model in a folder."""
    render, _ = WRITERS[_model_type(folder)]
    return render(folder)


def figures_row(folder: Path) -> str:
    """The row of the model in a folder in README's table of its family's figures."""
    _, row = WRITERS[_model_type(folder)]
    return row(folder)


def _model_type(folder: Path) -> str:
    adapter = folder / "adapter_config.json"
    if adapter.is_file():
        return str(read_json(adapter)["peft_type"]) + (" conditional" if "-conditional-" in folder.name else "")
    return str(read_json(folder / "config.json")["model_type"])
