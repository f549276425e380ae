"""The tree of hypotheses that a beam search keeps: a column a step, a cell a token, the chosen text marked.

Within a column the cells stand in the order of the cells they go on from, so that no two lines cross;
children of one cell stand best first. Of a long search the first and the last steps are shown.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from playground.ui.html import element, text
from playground.ui.token_view import token_span
from playground.ui.translations import translate

FIRST, LAST = 10, 6  # steps shown of a long search
COLUMN, ROW, TOP = 104, 48, 22  # pixels from cell to cell, and above the first
CELL_WIDTH, CELL_HEIGHT = 84, 40  # pixels, as in whybox.css
GAP = 36  # pixels more where steps are left out

HOVER = "p = {p}; the text so far {score}, {mean} per token"
SUMMARY = "Tree of {texts} texts over {steps} steps; the chosen text scores {score}."
EXPLANATION = (
    "Each column is a step and each cell a token that was kept; below it stands the score of the text so far, its "
    "log-probability less the penalties of diverse beams. Texts that were dropped are pale, the chosen text is framed. "
    "Texts that have ended are ranked by score divided by length."
)
LEFT_OUT = "Steps {first} to {last} are left out."


@dataclass(frozen=True)
class TreeNode:
    """A token that a search kept; `parent` is the node that it goes on from, -1 at the root.

    Parents come before their children. log_probability is the token's, score that of the text so
    far, both in nats; finished says that the text ends here.
    """

    node: int
    parent: int
    text: str
    log_probability: float
    score: float
    finished: bool = False


@dataclass(frozen=True)
class Cell:
    """A node in its place: `step` from 0, `column` and `row` in the picture, `origin` the cell it is linked to.

    chosen: on the way to the best hypothesis; dropped: it has not ended, and nothing goes on from it.
    """

    node: TreeNode
    step: int
    column: int
    row: int
    origin: Cell | None
    chosen: bool
    dropped: bool

    @property
    def left(self) -> int:
        """Pixels from the left edge."""
        return self.column * COLUMN + (GAP if self.step > self.column else 0)

    @property
    def top(self) -> int:
        """Pixels from the upper edge."""
        return TOP + self.row * ROW


def layout(nodes: Sequence[TreeNode], best: int) -> list[Cell]:
    """The cells of the steps that are shown, column by column; `best` is the node of the chosen text."""
    parents = {node.node: node.parent for node in nodes}
    steps: dict[int, int] = {}
    for node in nodes:
        steps[node.node] = steps.get(node.parent, -1) + 1
    count = max(steps.values(), default=-1) + 1
    chosen, continued = set(_way(best, parents)), set(parents.values())
    cells: dict[int, Cell] = {}
    for column, step in enumerate(_shown(count)):
        members = [(node, _origin(node, parents, cells)) for node in nodes if steps[node.node] == step]
        members.sort(key=lambda pair: (pair[1].row if pair[1] else 0, -pair[0].score))
        for row, (node, origin) in enumerate(members):
            dropped = not node.finished and node.node not in continued and step < count - 1
            cells[node.node] = Cell(node, step, column, row, origin, node.node in chosen, dropped)
    return list(cells.values())


def _way(node: int, parents: dict[int, int]) -> list[int]:
    """A node and all that it goes on from, last first."""
    way = []
    while node in parents:
        way.append(node)
        node = parents[node]
    return way


def _origin(node: TreeNode, parents: dict[int, int], cells: dict[int, Cell]) -> Cell | None:
    """The nearest node before this one that is shown."""
    return next((cells[earlier] for earlier in _way(node.parent, parents) if earlier in cells), None)


def _shown(count: int) -> list[int]:
    """The steps that are shown, of `count`."""
    if count <= FIRST + LAST:
        return list(range(count))
    return [*range(FIRST), *range(count - LAST, count)]


def beam_tree_html(nodes: Sequence[TreeNode], best: int, language: str) -> str:
    """The tree as HTML, safe whatever the tokens say; empty where there is no node yet."""
    cells = layout(nodes, best)
    if not cells:
        return ""
    width, height = max(cell.left for cell in cells) + CELL_WIDTH, max(cell.top for cell in cells) + CELL_HEIGHT
    tree = element(
        "div",
        element("svg", *map(_link, cells), width=width, height=height, aria_hidden="true"),
        *_headings(cells),
        *(_cell(cell, language) for cell in cells),
        class_="plane",
        style=f"width: {width}px; height: {height}px",
    )
    summary = _summary(nodes, cells, best, language)
    scrolled = element("div", tree, class_="scrolled", tabindex=0, role="group", aria_label=summary)
    return element("div", scrolled, _note(cells, language), class_="beam-tree")


def _link(cell: Cell) -> str:
    """The line from the cell before."""
    if cell.origin is None:
        return ""
    x, y = cell.origin.left + CELL_WIDTH, cell.origin.top + CELL_HEIGHT // 2
    to_x, to_y = cell.left, cell.top + CELL_HEIGHT // 2
    middle = (x + to_x) // 2
    return element("path", d=f"M{x} {y}C{middle} {y} {middle} {to_y} {to_x} {to_y}", class_=_marks("link", cell))


def _headings(cells: list[Cell]) -> list[str]:
    """The number of each step above its column, counted from 1."""
    places = {cell.left: cell.step + 1 for cell in cells}
    return [element("span", text(step), class_="step", style=f"left: {left}px") for left, step in places.items()]


def _cell(cell: Cell, language: str) -> str:
    node = cell.node
    p = math.exp(min(node.log_probability, 0.0))
    hover = translate(
        language, HOVER, p=f"{p:.3g}", score=_number(node.score), mean=_number(node.score / (cell.step + 1))
    )
    return element(
        "div",
        element("b", token_span(node.text or ("<eos>" if node.finished else ""))),
        element("small", text(_number(node.score))),
        class_=_marks("cell", cell),
        style=f"left: {cell.left}px; top: {cell.top}px; --p: {p:.2f}",
        title=hover,
    )


def _marks(name: str, cell: Cell) -> str:
    """The classes of a cell or a line."""
    marks = {"chosen": cell.chosen, "dropped": cell.dropped, "ended": cell.node.finished}
    return " ".join([name, *(mark for mark, applies in marks.items() if applies)])


def _summary(nodes: Sequence[TreeNode], cells: list[Cell], best: int, language: str) -> str:
    """What the picture shows, in a sentence for those who hear the page."""
    parents = {node.parent for node in nodes}
    texts = sum(node.node not in parents for node in nodes)
    score = next((_number(node.score) for node in nodes if node.node == best), "–")
    return translate(language, SUMMARY, texts=texts, steps=cells[-1].step + 1, score=score)


def _note(cells: list[Cell], language: str) -> str:
    sentences = [translate(language, EXPLANATION)]
    if cells[-1].step > cells[-1].column:
        sentences.append(translate(language, LEFT_OUT, first=FIRST + 1, last=cells[-1].step + 1 - LAST))
    return element("p", text(("" if language == "zh" else " ").join(sentences)), class_="note")


def _number(value: float) -> str:
    """A number with two digits after the point and a real minus sign."""
    return f"{value:.2f}".replace("-", "−")
