import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.tabs.decoding.tree import (
    EXPLANATION,
    FIRST,
    LAST,
    TreeNode,
    beam_tree_html,
    layout,
)
from playground.ui.translations import catalogue

# the ┬ sea ┬ end      a: dropped at the second step
#     └ old └ was
NODES = [
    TreeNode(0, -1, "the", -0.5, -0.5),
    TreeNode(1, -1, " a", -1.0, -1.0),
    TreeNode(2, 0, " old", -1.2, -1.7),
    TreeNode(3, 0, " sea", -0.7, -1.2),
    TreeNode(4, 3, "", -0.3, -1.5, finished=True),
    TreeNode(5, 3, " was", -0.9, -2.1),
]


def chain(length):
    return [TreeNode(i, i - 1, str(i), -0.1, -0.1 * (i + 1)) for i in range(length)]


@st.composite
def trees(draw):
    nodes, layer = [], [-1]
    for step in range(draw(st.integers(1, FIRST + LAST + 4))):
        parents = draw(st.lists(st.sampled_from(layer), min_size=1, max_size=5))
        scores = draw(st.lists(st.floats(-50, 0), min_size=len(parents), max_size=len(parents)))
        first = len(nodes)
        nodes += [
            TreeNode(first + i, parent, f"{step}.{i}", -1.0, score)
            for i, (parent, score) in enumerate(zip(parents, scores, strict=True))
        ]
        layer = list(range(first, len(nodes)))
    return nodes


def place(cells, node):
    return next((cell.column, cell.row) for cell in cells if cell.node.node == node)


def test_a_column_is_a_step_and_children_stand_best_first():
    cells = layout(NODES, 4)
    assert [place(cells, node) for node in range(6)] == [(0, 0), (0, 1), (1, 1), (1, 0), (2, 0), (2, 1)]


def test_the_chosen_text_and_what_was_dropped_are_known():
    cells = layout(NODES, 4)
    assert {cell.node.node for cell in cells if cell.chosen} == {0, 3, 4}
    assert {cell.node.node for cell in cells if cell.dropped} == {1, 2}


def test_without_a_best_node_nothing_is_chosen():
    assert not any(cell.chosen for cell in layout(NODES, -1))


@given(trees())
def test_no_two_lines_cross_and_no_two_cells_share_a_place(nodes):
    cells = layout(nodes, len(nodes) - 1)
    assert len({(cell.column, cell.row) for cell in cells}) == len(cells)
    for column in range(FIRST + LAST):
        ends = sorted((cell.row, cell.origin.row) for cell in cells if cell.column == column and cell.origin)
        assert [origin for _, origin in ends] == sorted(origin for _, origin in ends)


@given(trees())
def test_every_line_starts_from_the_nearest_shown_ancestor(nodes):
    cells = layout(nodes, 0)
    for cell in cells:
        if cell.column:
            node = cell.node.parent
            while node not in {other.node.node for other in cells}:
                node = nodes[node].parent
            assert cell.origin.node.node == node
        else:
            assert cell.origin is None


@pytest.mark.parametrize("length", [1, FIRST + LAST, FIRST + LAST + 1, 200])
def test_a_long_tree_shows_its_first_and_last_steps(length):
    steps = [cell.step for cell in layout(chain(length), length - 1)]
    everything = list(range(length))
    assert steps == (everything if length <= FIRST + LAST else everything[:FIRST] + everything[-LAST:])


def test_the_steps_left_out_are_named():
    html = beam_tree_html(chain(40), 39, "en")
    assert f"Steps {FIRST + 1} to {40 - LAST} are left out." in html
    assert re.findall(r'class="step"[^>]*>(\d+)<', html)[FIRST - 1 : FIRST + 1] == [str(FIRST), str(41 - LAST)]
    assert "left out" not in beam_tree_html(chain(FIRST + LAST), 0, "en")


def test_a_cell_shows_its_token_and_the_score_of_its_text():
    html = beam_tree_html(NODES, 4, "en")
    assert 'title="p = 0.497; the text so far −1.20, −0.60 per token"' in html
    assert "<small>−1.20</small>" in html
    assert "&lt;eos&gt;" in html
    assert 'class="cell chosen ended"' in html
    assert html.count("<path") == 4


def test_the_tree_is_told_in_a_sentence():
    assert 'aria-label="Tree of 4 texts over 3 steps; the chosen text scores −1.50."' in beam_tree_html(NODES, 4, "en")


@given(st.text())
def test_no_token_whatever_adds_a_tag(token):
    tags = re.findall(r"<(\w+)", beam_tree_html([TreeNode(0, -1, token, -1.0, -1.0)], 0, "en"))
    assert sorted(tags) == ["b", "div", "div", "div", "div", "i", "p", "small", "span", "svg"]


def test_nothing_is_drawn_before_the_first_node():
    assert beam_tree_html([], -1, "en") == ""


def test_the_tree_speaks_chinese():
    assert catalogue("zh")[EXPLANATION] in beam_tree_html(NODES, 4, "zh")
