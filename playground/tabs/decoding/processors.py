"""The decoders of this tab as logits processors and a stopping criterion, for anybody's ``model.generate``.

    >>> from transformers import LogitsProcessorList
    >>> processors = LogitsProcessorList([DRY(multiplier=0.8), ConsistentNucleus(0.9, eos_token_id=2)])

then ``model.generate(..., logits_processor=processors, do_sample=True, top_k=0)``: without
``top_k=0`` generate filters by the 50 most probable tokens of its own accord. They act in the order
of the list, before generate's own filters. Where transformers has a processor there is none here:
temperature, top-k, nucleus, min-p, typical, eta, epsilon, top-h, repetition penalty, no-repeat
n-gram, exponential decay of length and min new tokens are ``generate``'s own arguments.

Scores (R, V) are of R rows over V tokens, input_ids (R, T) hold prompt and new tokens. Processors
that keep something from step to step find their rows by the tokens, so beam search may move them,
and start afresh with a new generation. The functions they wrap stand in the modules they import.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from transformers import LogitsProcessor

from playground.tabs.decoding import dry, penalties
from playground.tabs.decoding.entropy import fixed_entropy
from playground.tabs.decoding.filters import keep_nucleus, keep_top_k, keep_xtc, nmst_floor, st_floor
from playground.tabs.decoding.lineage import Lineage
from playground.tabs.decoding.mirostat import LEARNING_RATE, first_mu, keep_mirostat, next_mu
from playground.tabs.decoding.stopping import LoopStop

__all__ = [
    "DRY",
    "XTC",
    "ConsistentNucleus",
    "ConsistentTopK",
    "FixedEntropy",
    "FrequencyPenalty",
    "LoopStop",
    "Mirostat",
    "NMSTFloor",
    "PresencePenalty",
    "STFloor",
]


class ConsistentTopK(LogitsProcessor):
    """Keeps the k most probable tokens and <eos>: V' = top-k + {eos} (Welleck et al. 2020, arXiv 2002.02492)."""

    def __init__(self, k: int, eos_token_id: int) -> None:
        self.k = k
        self.eos_token_id = eos_token_id

    def __call__(self, input_ids: Tensor, scores: Tensor) -> Tensor:
        """Scores (R, V) with -inf for the tokens that are cut; input_ids (R, T) are not used."""
        return _cut(scores, _and_eos(keep_top_k(scores, _per_row(self.k, scores)), self.eos_token_id))


class ConsistentNucleus(LogitsProcessor):
    """Keeps the smallest set of most probable tokens with the given mass, and <eos> (arXiv 2002.02492)."""

    def __init__(self, mass: float, eos_token_id: int) -> None:
        self.mass = mass
        self.eos_token_id = eos_token_id

    def __call__(self, input_ids: Tensor, scores: Tensor) -> Tensor:
        """Scores (R, V) with -inf for the tokens that are cut; input_ids (R, T) are not used."""
        return _cut(scores, _and_eos(keep_nucleus(_log_p(scores), _per_row(self.mass, scores)), self.eos_token_id))


class NMSTFloor(LogitsProcessor):
    """Raises p(<eos>) to f + (1 - f) p(<eos>), f = 1 - (1 - epsilon)^t at new token t; others keep their order.

    NMST's lower bound (Choi et al. 2023, arXiv 2210.00660) laid on a model that was not trained for it.
    An encoder-decoder's prompt is its one start token.
    """

    def __init__(self, epsilon: float, eos_token_id: int, prompt_length: int) -> None:
        self.epsilon = epsilon
        self.eos_token_id = eos_token_id
        self.prompt_length = prompt_length

    def __call__(self, input_ids: Tensor, scores: Tensor) -> Tensor:
        """Log-probabilities (R, V) of the model with the floor; input_ids (R, T) with the prompt."""
        steps = _per_row(input_ids.shape[1] - self.prompt_length + 1, scores)
        return nmst_floor(_log_p(scores), steps, _per_row(self.epsilon, scores), self.eos_token_id)


class STFloor(LogitsProcessor):
    """Raises p(<eos>) to 1 - prod (1 - epsilon)(1 - p(<eos>)) over the steps so far; others keep their order.

    The self-terminating rule (Welleck et al. 2020, arXiv 2002.02492) laid on a model that was not
    trained for it: p(<eos>) never falls again.
    """

    def __init__(self, epsilon: float, eos_token_id: int) -> None:
        self.epsilon = epsilon
        self.eos_token_id = eos_token_id
        self._lineage = Lineage()
        self._log_continue = torch.empty(0)  # (R,) after the first step

    def __call__(self, input_ids: Tensor, scores: Tensor) -> Tensor:
        """Log-probabilities (R, V) of the model with the floor; input_ids (R, T) tell new rows from old."""
        parents = self._lineage.parents(input_ids)
        log_continue = _per_row(0, scores) if parents is None else self._log_continue[parents]
        floored, self._log_continue = st_floor(
            _log_p(scores), log_continue, _per_row(self.epsilon, scores), self.eos_token_id
        )
        return floored


class FixedEntropy(LogitsProcessor):
    """Raises the distribution to the power at which its entropy is the target: H(p^gamma) = H*, in nats.

    Su Jianlin's entropy normalisation. A target out of reach gives the uniform distribution or the
    most probable token.
    """

    def __init__(self, target: float) -> None:
        self.target = target

    def __call__(self, input_ids: Tensor, scores: Tensor) -> Tensor:
        """Log-probabilities (R, V) with that entropy; input_ids (R, T) are not used."""
        return fixed_entropy(_log_p(scores), _per_row(self.target, scores))


class Mirostat(LogitsProcessor):
    """Cuts tokens whose surprise -log2 p is above mu, and steers mu so that the text's surprise is tau bits.

    Version 2: mu = 2 tau at first, then mu <- mu - rate (surprise - tau) with the surprise of the
    token drawn, among the kept ones (Basu et al. 2021, arXiv 2007.14966, as in llama.cpp). Which
    token was drawn it reads from input_ids one step later, so it must be the last that changes the
    distribution; of a token that it had cut it takes no notice.
    """

    def __init__(self, tau: float, rate: float = LEARNING_RATE) -> None:
        self.tau = tau
        self.rate = rate
        self._lineage = Lineage()
        self.mu = torch.empty(0)  # (R,) after the first step
        self._kept_log_p = torch.empty(0)  # (R, V) that the last token was drawn from

    def __call__(self, input_ids: Tensor, scores: Tensor) -> Tensor:
        """Scores (R, V) with -inf for the tokens that are cut; input_ids (R, T) end in the tokens drawn."""
        tau, parents = _per_row(self.tau, scores), self._lineage.parents(input_ids)
        if parents is None:
            self.mu = first_mu(tau)
        else:
            probability = self._kept_log_p[parents, input_ids[:, -1]].double().exp()
            mu = self.mu[parents]
            self.mu = torch.where(probability > 0, next_mu(mu, probability, tau, self.rate), mu)
        cut = _cut(scores, keep_mirostat(_log_p(scores), self.mu))
        self._kept_log_p = _log_p(cut)
        return cut


class DRY(LogitsProcessor):
    """Lowers what would go on with a repetition by multiplier * base^(n - allowed_length).

    n is the length of the longest stretch, of at most 50 tokens, that the text ends in and that came
    before followed by the token; only n >= allowed_length counts. The ids in ``breakers`` end a match
    and are not penalised themselves: give those of line breaks and quotes, and of padding. With a
    ``window`` the last so many tokens are looked at, else prompt and all. Text-generation-webui's
    rule, pull request 5677.
    """

    def __init__(
        self,
        multiplier: float = 0.8,
        base: float = 1.75,
        allowed_length: int = 2,
        breakers: Sequence[int] = (),
        window: int | None = None,
    ) -> None:
        self.multiplier = multiplier
        self.base = base
        self.allowed_length = allowed_length
        self.breakers = torch.tensor(breakers, dtype=torch.long)
        self.window = window

    def __call__(self, input_ids: Tensor, scores: Tensor) -> Tensor:
        """Scores (R, V) less the penalties; input_ids (R, T)."""
        history = penalties.last(input_ids, self.window)
        multiplier, base = _per_row(self.multiplier, scores), _per_row(self.base, scores)
        return dry.dry(scores, history, multiplier, base, _per_row(self.allowed_length, scores), self.breakers)


class XTC(LogitsProcessor):
    """Drops, at a share of the steps, all tokens with p >= threshold but the least probable of them.

    "Exclude top choices", text-generation-webui's pull request 6335. Every row has a draw of its own
    at every step, from ``seed``, a number or a torch.Generator. A step at which one of the
    ``protected`` ids, such as <eos>, would be dropped is left as it was.
    """

    def __init__(
        self,
        threshold: float = 0.1,
        probability: float = 0.5,
        protected: Sequence[int] = (),
        seed: int | torch.Generator = 0,
    ) -> None:
        self.threshold = threshold
        self.probability = probability
        self.protected = tuple(protected)
        self.generator = seed if isinstance(seed, torch.Generator) else torch.Generator().manual_seed(seed)

    def __call__(self, input_ids: Tensor, scores: Tensor) -> Tensor:
        """Scores (R, V) with -inf for the tokens that are dropped; input_ids (R, T) are not used."""
        drawn = torch.rand(len(scores), generator=self.generator, device=self.generator.device)
        fires = (drawn < self.probability).to(scores.device)
        return _cut(scores, keep_xtc(_log_p(scores), _per_row(self.threshold, scores), fires, self.protected))


class PresencePenalty(LogitsProcessor):
    """Lowers the score of every new token said before by the penalty, once: OpenAI's rule, without the prompt."""

    def __init__(self, penalty: float, prompt_length: int) -> None:
        self.penalty = penalty
        self.prompt_length = prompt_length

    def __call__(self, input_ids: Tensor, scores: Tensor) -> Tensor:
        """Scores (R, V) less the penalties; input_ids (R, T) with the prompt."""
        return penalties.presence(scores, input_ids[:, self.prompt_length :], _per_row(self.penalty, scores))


class FrequencyPenalty(LogitsProcessor):
    """Lowers the score of a token by the penalty for every time it was said: OpenAI's rule, without the prompt."""

    def __init__(self, penalty: float, prompt_length: int) -> None:
        self.penalty = penalty
        self.prompt_length = prompt_length

    def __call__(self, input_ids: Tensor, scores: Tensor) -> Tensor:
        """Scores (R, V) less the penalties; input_ids (R, T) with the prompt."""
        return penalties.frequency(scores, input_ids[:, self.prompt_length :], _per_row(self.penalty, scores))


def _per_row(value: float, scores: Tensor) -> Tensor:
    """The same value for every row, (R,) float64."""
    return torch.full((len(scores),), value, dtype=torch.float64, device=scores.device)


def _log_p(scores: Tensor) -> Tensor:
    return scores.float().log_softmax(dim=-1)


def _and_eos(kept: Tensor, eos: int) -> Tensor:
    kept[:, eos] = True
    return kept


def _cut(scores: Tensor, kept: Tensor) -> Tensor:
    return scores.masked_fill(~kept, -torch.inf)
