"""Measure the T-TA on texts that it was not trained on, and write its card.

    python -m models.recipes.t_ta_quality --data DIR

Every token of every held-out text is guessed from all others of its piece of at most LONGEST tokens: how often the
first guess and the first five hold it, and exp of the mean negative log-likelihood. What stands in
models/zoo/minilm-t-ta-en is measured, in float32.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

import torch
from torch import Tensor, nn
from transformers import BertModel, BertTokenizer, PreTrainedTokenizerBase

from models.nets.t_ta import TTA, load_t_ta
from models.recipes.card import write_card
from models.recipes.corpus import length_batches
from models.recipes.english_mlm import BASE, cut
from models.recipes.english_t_ta import LONGEST, MODEL_ID, SEED, every_token_batch
from models.recipes.masked_quality import Quality, english_texts, tally
from models.recipes.shipping import ZOO, measured_on, write_json
from models.recipes.training import read_options

BATCH_TOKENS = 1024


@torch.inference_mode()
def quality(model: TTA, tokenizer: PreTrainedTokenizerBase, texts: list[str]) -> Quality:
    """The figures of a model on texts, cut to pieces of LONGEST tokens."""
    generator = torch.Generator().manual_seed(SEED)
    rows = [piece for row in tokenizer(texts).input_ids for piece in cut(row, LONGEST)]

    def guesses() -> Iterator[tuple[Tensor, Tensor]]:
        for batch in length_batches(rows, BATCH_TOKENS, generator):
            ids, mask, places, *_ = every_token_batch(batch, tokenizer, 0, generator)
            state = model.hidden(nn.functional.embedding(ids, model.words), mask)
            yield model.head(state.flatten(0, 1)[places]), ids.flatten()[places]

    return tally(guesses())


def main() -> None:
    """Measure, and write measured.json and the card."""
    options = read_options(__doc__, "folder that holds text", SEED)
    folder = ZOO / MODEL_ID
    words = BertModel.from_pretrained(BASE, add_pooling_layer=False).embeddings.word_embeddings.weight
    assert isinstance(words, nn.Parameter)
    model, tokenizer = load_t_ta(folder, words).eval(), BertTokenizer.from_pretrained(folder)
    sets = {name: asdict(quality(model, tokenizer, texts)) for name, texts in english_texts(options.data).items()}
    write_json(folder / "measured.json", measured_on(folder) | {"sets": sets})
    write_card(folder)


if __name__ == "__main__":
    main()
