"""P-tuning: a prompt of vectors that are no words, and nothing else is trained (kexue.fm/archives/8295).

Eight tokens with the mask at position 5 among them stand before the text; they start as the unused tokens of BERT's
vocabulary, where there are some. The loss is Su's: the label's word and 15 % of the text.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from models.nets.batching import length_buckets
from playground.runtime.live_training import step_generator
from playground.tabs.prompting.few_shot.ensemble import probabilities
from playground.tabs.prompting.few_shot.label_words import LabelWords, targets_of
from playground.tabs.prompting.few_shot.layers import Body, body_of, run_layers
from playground.tabs.prompting.few_shot.method import Outcomes, Progress, Setting
from playground.tabs.prompting.few_shot.optimising import batch_places, train
from playground.tabs.prompting.few_shot.prompt_model import PromptModel
from playground.tabs.prompting.few_shot.prompt_training import mean_cross_entropy
from playground.tabs.prompting.few_shot.reading import BATCH_TOKENS, padded_ids, plain_prompts
from playground.tabs.prompting.few_shot.su import BATCH, filled_and_hidden, with_first_words
from playground.tabs.prompting.masked_lm import MaskedLM

TOKENS, BEFORE = 8, 4  # prompt tokens, and how many of them stand before the mask
RATE = 1e-2  # Adam's step on vectors of some hundredths; Su's 6e-4 is for hundreds of steps


def run(setting: Setting, outcomes: Outcomes) -> Iterator[Progress]:
    """Train the prompt's vectors on the labelled texts; the only probabilities come last."""
    if "p-tuning" not in outcomes:
        tuned = PromptVectors(with_first_words(setting))
        yield from _train(tuned)
        scores = yield from _score(tuned)
        outcomes["p-tuning"] = scores.numpy()
    yield Progress("Done", 1, 1, probabilities(outcomes["p-tuning"]))


class PromptVectors(nn.Module):
    """The vectors (8, D) and, not to be trained, the masked model that reads them."""

    def __init__(self, setting: Setting) -> None:
        super().__init__()
        self.setting, self.body, self.words = setting, body_of(setting.model), LabelWords(setting)
        self.vectors = nn.Parameter(initial_vectors(self.body, setting.seed))
        self._frozen = (PromptModel(setting.model, 0).requires_grad_(False),)  # in a tuple: not a part of this module

    def rows(self, texts: Sequence[str]) -> list[tuple[int, ...]]:
        """Ids of texts behind nine places: the mask, and around it the unknown token, which the vectors replace."""
        tokenizer = self.body.tokenizer
        unknown = (tokenizer.unk_token_id,)
        gap = (*unknown * BEFORE, tokenizer.mask_token_id, *unknown * (TOKENS - BEFORE))
        prompts = plain_prompts(self.setting, texts)
        return [(prompt.ids[0], *gap, *prompt.ids[1:]) for prompt in prompts]

    def top(self, ids: Tensor, mask: Tensor, places: Tensor | None = None) -> Tensor:
        """The last layer's states (B, T, D), or (B, M, D) at places, of rows with the vectors in their places."""
        embeddings: Any = self.body.embeddings
        words: Tensor = embeddings.word_embeddings(ids)
        own = self.vectors.expand(len(ids), -1, -1).to(words.dtype)
        before, after = own[:, :BEFORE], own[:, BEFORE:]
        at = 1 + BEFORE  # [CLS] comes first
        filled = torch.cat([words[:, :1], before, words[:, at : at + 1], after, words[:, 1 + TOKENS + 1 :]], dim=1)
        return run_layers(self.body.layers, embeddings(inputs_embeds=filled), mask, places)

    def logits(self, states: Tensor, ids: Tensor | None = None) -> Tensor:
        """Logits (M, V) of states (M, D)."""
        (frozen,) = self._frozen
        return frozen.logits(frozen.head(states), ids)


def initial_vectors(body: Body, seed: int) -> Tensor:
    """The embeddings (8, D) of the first unused tokens, else noise of the embeddings' own size."""
    embeddings: Any = body.embeddings
    table: Tensor = embeddings.word_embeddings.weight
    known = body.tokenizer.get_vocab()
    names = [f"[unused{number}]" for number in range(1, TOKENS + 1)]
    if all(name in known for name in names):
        return table[[known[name] for name in names]].detach().clone()
    noise = torch.randn(TOKENS, table.shape[1], generator=step_generator(seed, 1))
    return noise.to(body.device) * table.std()


def _train(tuned: PromptVectors) -> Iterator[Progress]:
    setting = tuned.setting
    rows = tuned.rows([example.text for example in setting.train])
    of_labels = tuned.words.ids[targets_of(setting, [example.label for example in setting.train])]

    def loss_of(step: int) -> Tensor:
        chosen = batch_places(len(rows), step, setting.seed, size=BATCH)
        generator = step_generator(setting.seed, 2, step)
        logits, words = [], []
        with MaskedLM(setting.model).arithmetic():
            for shown, mask, asked, true in filled_and_hidden(
                setting, [rows[place] for place in chosen], of_labels[chosen], generator
            ):
                logits.append(tuned.logits(tuned.top(shown, mask)[asked]))
                words.append(true[asked])
        return mean_cross_entropy(torch.cat(logits), torch.cat(words))

    yield from train([tuned.vectors], loss_of, setting.options.steps, RATE, decay=0.0)


def _score(tuned: PromptVectors) -> Generator[Progress, None, Tensor]:
    setting = tuned.setting
    rows = tuned.rows(setting.test)
    scores = torch.empty(len(rows), len(setting.labels))
    buckets = length_buckets([len(row) for row in rows], BATCH_TOKENS)
    for step, places in enumerate(buckets):
        scores[places] = _scores_of(tuned, [rows[place] for place in places]).cpu()
        yield Progress("Scoring the test texts", step + 1, len(buckets))
    return scores


@torch.no_grad()
def _scores_of(tuned: PromptVectors, rows: list[tuple[int, ...]]) -> Tensor:
    ids, mask = padded_ids(tuned.body, rows)
    at_mask = torch.full((len(rows), 1), 1 + BEFORE, device=ids.device)
    with MaskedLM(tuned.setting.model).arithmetic():
        states = tuned.top(ids, mask, at_mask)[:, 0]
        return tuned.logits(states, tuned.words.ids)
