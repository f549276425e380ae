"""Sentences as strips of heat, the race as a table, and influences as squares: cards of HTML."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy.stats import binomtest, spearmanr

from playground.tabs.prompting.t_ta.frames import Floats, Influence, Pair, Scored
from playground.tabs.prompting.t_ta.trace import MODELS, VARIANTS, Trace
from playground.ui.html import element, text
from playground.ui.numbers import fixed
from playground.ui.tables import card, cell, table
from playground.ui.token_view import token_span
from playground.ui.translations import translate

DARKEST = 12.0  # nats of surprise at which the colour is full
MOST_PAIRS = 12

SHADES = "The darker a token, the less probable it is given all the others; the framed one is the least probable."
COSTS = (
    "Both give every token's probability given all others. The masked language model reads the sentence once for every "
    "token, {ratio} times as many tokens in all; times are processor time on this machine."
)
CORRELATION = "Rank correlation of both models (Spearman): {tokens} over tokens, {sentences} over sentences."
OF_TOKENS = "Rank correlation of both models (Spearman): {tokens} over tokens."
RACE = (
    "Each sentence stands beside its copy with one wrong word, drawn from the other sentences. Ranked right: the "
    "sentence as it was written has the higher score. Found: the wrong word is the least probable token."
)
INFLUENCE = (
    "Row i, column j: how strongly token j moves the probability of token i. In T-TA the diagonal is exactly zero, so "
    "no token sees itself. With any of its three rules broken, one pass would read off the answer."
)


def cards_html(trace: Trace, language: str) -> str:
    """The cards of the exhibit."""
    if trace.influence is not None:
        return _influence_card(trace.influence, language)
    if trace.pairs:
        return _race_card(trace, language) + _pairs_card(trace.pairs, language)
    return _costs_card(trace, language) + _strips(trace.scored, language) if trace.scored else ""


def _costs_card(trace: Trace, language: str) -> str:
    """What both models cost, and how far they agree."""
    seconds, read = trace.costs()
    count = len(trace.scored)
    means = np.concatenate([scored.log_probability for scored in trace.scored], axis=1).mean(axis=1)
    head = [
        translate(language, name) for name in ("model", "tokens read", "seconds", "sentences a second", "mean ln p")
    ]
    rows = [
        [
            cell(text(translate(language, name)), number=False),
            cell(text(f"{read[model]:,}"), head[1]),
            cell(text(fixed(float(seconds[model]), 3)), head[2]),
            cell(text(_per_second(count, float(seconds[model]))), head[3]),
            cell(text(fixed(float(means[model]))), head[4]),
        ]
        for model, name in enumerate(MODELS)
    ]
    notes = [translate(language, COSTS, ratio=f"{read[1] / read[0]:.0f}"), _correlations(trace.scored, language)]
    return card(translate(language, "One pass against n"), table(head, rows), notes=notes)


def _correlations(scored: Sequence[Scored], language: str) -> str:
    tokens = correlation(np.concatenate([of.log_probability for of in scored], axis=1))
    if len(scored) < 3:
        return translate(language, OF_TOKENS, tokens=fixed(tokens))
    sums = np.stack([of.log_probability.sum(axis=1) for of in scored], axis=1)
    return translate(language, CORRELATION, tokens=fixed(tokens), sentences=fixed(correlation(sums)))


def correlation(values: Floats) -> float:
    """Spearman's rank correlation of two rows (2, n); nan where one of them does not vary."""
    if values.shape[1] < 2 or (np.ptp(values, axis=1) == 0).any():
        return math.nan
    return float(spearmanr(values[0], values[1]).statistic)


def _strips(scored: Sequence[Scored], language: str) -> str:
    strips = "".join(_sentence(of, language) for of in scored)
    return card(translate(language, "Token by token"), strips, notes=[translate(language, SHADES)], class_="strips")


def _sentence(scored: Scored, language: str) -> str:
    """A sentence under both models, one strip under the other."""
    return element("div", *(_strip(scored, model, language) for model in range(2)), class_="strip-pair")


def _strip(scored: Scored, model: int, language: str) -> str:
    log_p = scored.log_probability[model]
    odd = int(log_p.argmin())
    tokens = "".join(
        _token(token, float(log_p[place]), place == odd, bool(place)) for place, token in enumerate(scored.tokens)
    )
    name = element("span", text(translate(language, MODELS[model])), class_="meta")
    said = translate(
        language,
        "least probable: “{token}” (p = {p}); likeliest there: “{instead}”",
        token=scored.tokens[odd],
        p=f"{math.exp(log_p[odd]):.1g}",
        instead=scored.instead[model][odd],
    )
    return element("div", name, element("span", tokens, class_="tokens"), element("span", text(said), class_="note"))


def _token(token: str, log_p: float, odd: bool, spaced: bool) -> str:
    """A token, the darker the more surprising."""
    before = " " if spaced and not token.startswith("##") else ""
    shade = token_span(token.removeprefix("##"), -log_p / DARKEST, "odd" if odd else "")
    return before + element("span", shade, title=f"ln p = {fixed(log_p)}")


def _race_card(trace: Trace, language: str) -> str:
    """Who ranks and finds better, and how fast."""
    seconds, _ = trace.costs()
    count = len(trace.pairs)
    head = [translate(language, name) for name in ("model", "ranked right", "found", "seconds", "sentences a second")]
    rows = [
        [
            cell(text(translate(language, name)), number=False),
            cell(
                text(share(sum(pair.scores[model, 0] > pair.scores[model, 1] for pair in trace.pairs), count)), head[1]
            ),
            cell(text(share(sum(pair.found[model] for pair in trace.pairs), count)), head[2]),
            cell(text(fixed(float(seconds[model]), 2)), head[3]),
            cell(text(_per_second(2 * count, float(seconds[model]))), head[4]),
        ]
        for model, name in enumerate(MODELS)
    ]
    title = translate(language, "{count} sentences with and without a wrong word", count=count)
    return card(title, table(head, rows), notes=[translate(language, RACE)])


def share(hits: int, trials: int) -> str:
    """A share with its 95 % interval (Wilson 1927)."""
    interval = binomtest(int(hits), trials).proportion_ci(method="wilson")
    return f"{hits / trials:.0%} [{interval.low:.0%}, {interval.high:.0%}]"


def _per_second(count: int, seconds: float) -> str:
    return f"{count / seconds:,.0f}" if seconds > 0 else "–"


def _pairs_card(pairs: Sequence[Pair], language: str) -> str:
    """The last pairs, and what each model made of them."""
    head = [translate(language, name) for name in ("sentence", "right → wrong", *MODELS)]
    rows = [
        [
            cell(text(pair.text), number=False),
            cell(text(f"{pair.right} → {pair.wrong}"), head[1]),
            *(cell(_verdict(pair, model, language), head[2 + model]) for model in range(2)),
        ]
        for pair in reversed(pairs[-MOST_PAIRS:])
    ]
    return card(translate(language, "The last of them"), table(head, rows))


def _verdict(pair: Pair, model: int, language: str) -> str:
    """By how much the sentence as written is ahead, and whether the wrong word was found."""
    ahead = float(pair.scores[model, 0] - pair.scores[model, 1])
    found = translate(language, "found" if pair.found[model] else "not found")
    return text(("+" if ahead > 0 else "") + fixed(ahead, 1)) + element("span", text(found), class_="source")


def _influence_card(of: Influence, language: str) -> str:
    """Four squares, each shaded on its own."""
    squares = (
        _square(matrix, of.tokens, translate(language, name), language)
        for matrix, name in zip(of.matrices, VARIANTS, strict=True)
    )
    title = translate(language, "Who influences whom")
    return card(title, element("div", *squares, class_="squares"), notes=[translate(language, INFLUENCE)])


def _square(matrix: Floats, tokens: Sequence[str], name: str, language: str) -> str:
    largest = float(matrix.max()) or 1.0
    cells = "".join(
        element("i", style=f"--heat: {value / largest:.3f}", class_="own" if row == column else None)
        for row, values in enumerate(matrix.tolist())
        for column, value in enumerate(values)
    )
    labels = "".join(element("b", text(token)) for token in tokens)
    diagonal = float(matrix.diagonal().max())
    said = translate(language, "largest on the diagonal: {value}", value="0" if diagonal == 0 else f"{diagonal:.2g}")
    grid = element(
        "div", cells, class_="cells", style=f"--count: {len(tokens)}", role="img", aria_label=f"{name}: {said}"
    )
    body = element("div", element("div", labels, class_="rows"), grid, class_="square")
    return element("figure", element("h4", text(name)), body, element("figcaption", text(said)))
