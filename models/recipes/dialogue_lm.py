"""Train the chat model of the decoding tab on Chinese dialogues.

    python -m models.recipes.dialogue_lm --data DIR

DIR holds ``dialogue/{crosswoz,kdconv}/train.jsonl.gz``: 1,710 dialogues of CrossWOZ and KdConv (Apache-2.0).
As in DialoGPT (Zhang et al. 2020, arXiv 1911.00536) a dialogue is one sequence: every turn opens with its
speaker's token and ends with <eos>, so that a reply is decoded like any other text and its probability given
the history is a product over one pass. The network is a GPT-2 of 4 layers and 256 units.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

# Idle threads must sleep: on contended cores spinning ones make steps many times slower.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import torch
from torch import Tensor, nn
from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast

from models.recipes.corpus import SPECIAL_TOKENS, length_batches, pad_batch, read_rows, train_chinese_bpe
from models.recipes.shipping import ZOO, ship
from models.recipes.training import Schedule, machine, read_options, state_folder, train

MODEL_ID = "gpt2-dialogue-zh"
CORPORA = ("crosswoz", "kdconv")
SPEAKERS = ("<user>", "<assistant>")  # ids 3, 4
VOCABULARY, CHARACTERS = 6000, 3600
LONGEST = 512
BATCH_TOKENS = 4096
EPOCHS = 12
PEAK_RATE = 1e-3
SEED = 2020
# The turns of a chat in the form that the model was trained on, for ``tokenizer.apply_chat_template``.
CHAT_TEMPLATE = (
    "{% for message in messages %}<{{ message['role'] }}>{{ message['content'] }}<eos>{% endfor %}"
    "{% if add_generation_prompt %}<assistant>{% endif %}"
)


def new_model() -> GPT2LMHeadModel:
    """The network with fresh weights."""
    config = GPT2Config(
        vocab_size=VOCABULARY,
        n_positions=1024,
        n_embd=256,
        n_layer=4,
        n_head=4,
        resid_pdrop=0.1,
        embd_pdrop=0.1,
        attn_pdrop=0.0,
        bos_token_id=1,
        eos_token_id=2,
        pad_token_id=0,
    )
    return GPT2LMHeadModel(config)


def read_dialogues(data: Path, split: str) -> list[list[str]]:
    """The turns of every dialogue of a split, both corpora."""
    paths = (data / "dialogue" / corpus / f"{split}.jsonl.gz" for corpus in CORPORA)
    return [row["turns"] for path in paths for row in read_rows(path)]


def load_tokenizer(data: Path) -> PreTrainedTokenizerFast:
    """The tokenizer, trained on the dialogues the first time."""
    folder = state_folder("dialogue-bpe")
    if not (folder / "tokenizer.json").exists():
        turns = [turn for dialogue in read_dialogues(data, "train") for turn in dialogue]
        bpe = train_chinese_bpe(turns, VOCABULARY, CHARACTERS, (*SPECIAL_TOKENS, *SPEAKERS))
        PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
            tokenizer_object=bpe,
            pad_token="<pad>",
            bos_token="<bos>",
            eos_token="<eos>",
            additional_special_tokens=list(SPEAKERS),
            chat_template=CHAT_TEMPLATE,
            padding_side="left",
        ).save_pretrained(folder)
    tokenizer: PreTrainedTokenizerFast = PreTrainedTokenizerFast.from_pretrained(folder)
    return tokenizer


def encode_dialogue(tokenizer: PreTrainedTokenizerFast, turns: Sequence[str]) -> list[int]:
    """One sequence of all turns, speakers taking turns from the user on."""
    ids: list[int] = []
    for position, turn in enumerate(turns):
        ids += tokenizer(SPEAKERS[position % 2]).input_ids
        ids += [*tokenizer(turn, split_special_tokens=True).input_ids, tokenizer.eos_token_id]
    return ids


def windows(ids: list[int], eos: int) -> Iterator[list[int]]:
    """A dialogue in stretches of whole turns, each at most about LONGEST tokens and starting with a turn."""
    stretch: list[int] = []
    turn: list[int] = []
    for token in ids:
        turn.append(token)
        if token == eos:
            if stretch and len(stretch) + len(turn) > LONGEST:
                yield stretch[:LONGEST]
                stretch = []
            stretch, turn = stretch + turn, []
    if stretch:
        yield stretch[:LONGEST]


def next_token_loss(model: nn.Module, batch: tuple[Tensor, ...]) -> Tensor:
    """Mean negative log-likelihood of every token after the first."""
    inputs, labels = batch
    logits = model(inputs).logits  # (B, T, V)
    return nn.functional.cross_entropy(logits.flatten(0, 1).float(), labels.flatten())


def train_model(rows: list[list[int]], seed: int) -> tuple[GPT2LMHeadModel, float]:
    """The trained model and the core-minutes it took."""

    def batches(epoch: int) -> Iterator[tuple[Tensor, ...]]:
        generator = torch.Generator().manual_seed(seed * 1000 + epoch)
        for batch in length_batches(rows, BATCH_TOKENS, generator):
            yield pad_batch(batch, 1)

    torch.manual_seed(seed)
    model = new_model()
    steps = EPOCHS * sum(1 for _ in length_batches(rows, BATCH_TOKENS, torch.Generator().manual_seed(0)))
    progress = train(model, batches, next_token_loss, Schedule(steps, PEAK_RATE), state_folder(MODEL_ID))
    return model, progress.core_seconds / 60


def main() -> None:
    """Train and write the zoo folder."""
    options = read_options(__doc__, "folder that holds dialogue/crosswoz and kdconv", SEED)
    tokenizer = load_tokenizer(options.data)
    dialogues = (encode_dialogue(tokenizer, turns) for turns in read_dialogues(options.data, "train"))
    rows = [row for ids in dialogues for row in windows(ids, tokenizer.eos_token_id)]
    model, minutes = train_model(rows, options.seed)
    training = {"seed": options.seed, "core_minutes": minutes, "epochs": EPOCHS, "machine": machine()}
    ship(ZOO / MODEL_ID, model, tokenizer, training)


if __name__ == "__main__":
    main()
