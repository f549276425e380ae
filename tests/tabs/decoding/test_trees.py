import re

from playground.tabs.decoding.trees import trees_html
from tests.tabs.decoding.traces import row, trace_of

BEAM = {"decoder": "beam-2", "parents": [-1, -1, 0, 1, 2, 3], "step": [0, 0, 1, 1, 2, 2]}


def test_a_search_has_a_card_with_its_tree_and_its_text_marked():
    searching = row(6, texts=["a", "b", "<c>", "d", "e", "f"], **BEAM)
    searching.head = 4
    page = trees_html(trace_of(row(), searching), "en")
    assert page.count("<article") == 1
    assert "Hypotheses of beam-2" in page
    chosen = re.findall(r'class="cell chosen"[^>]*><b><i>([^<]*)</i>', page)
    assert chosen == ["a", "&lt;c&gt;", "e"]


def test_rows_that_keep_one_text_have_no_tree():
    assert trees_html(trace_of(row(), row(3, decoder="contrastive-4-0.6")), "en") == ""


def test_a_large_tree_waits_for_the_end_of_the_run():
    searching = trace_of(row(6, **BEAM))
    assert trees_html(searching, "en", most=5) == ""
    assert trees_html(searching, "zh", most=6) != ""
