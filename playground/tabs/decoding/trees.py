"""The trees of the searches of a run: a card for every row that keeps several hypotheses."""

from __future__ import annotations

import math

from playground.tabs.decoding.figures import color
from playground.tabs.decoding.trace import RowTrace, Trace
from playground.tabs.decoding.tree import TreeNode, beam_tree_html
from playground.ui.html import element, text
from playground.ui.translations import translate

LEAST = 1e-30  # probability whose logarithm is taken


def trees_html(trace: Trace, language: str, most: int | None = None) -> str:
    """A card a search; one of more than `most` nodes is left out until the run is over."""
    searches = ((row, color(index)) for index, row in enumerate(trace.rows) if len(row.nodes) > len(row))
    return "".join(_card(trace, row, mark, language) for row, mark in searches if len(row.nodes) <= (most or math.inf))


def _card(trace: Trace, row: RowTrace, mark: str, language: str) -> str:
    title = translate(language, "Hypotheses of {decoder}", decoder=row.decoder)
    heading = element("h3", element("span", class_="mark", style=f"background: {mark}"), text(title))
    tree = beam_tree_html(_tree(row, trace.eos), row.path[-1], language)
    return element("article", element("div", heading, class_="card-head"), tree, class_="card")


def _tree(row: RowTrace, eos: int) -> list[TreeNode]:
    columns = (row.nodes.columns[name] for name in ("parent", "p_model", "score", "tokens"))
    entries = zip(row.nodes.texts, *columns, strict=True)
    return [
        TreeNode(node, parent, said, math.log(max(p, LEAST)), score, token == eos)
        for node, (said, parent, p, score, token) in enumerate(entries)
    ]
