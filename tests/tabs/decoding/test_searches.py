import pytest
import torch

from playground.tabs.decoding.beams import BeamSearch, DiverseBeamSearch
from playground.tabs.decoding.contrastive import ContrastiveSearch
from playground.tabs.decoding.searches import search_for
from playground.tabs.decoding.strategies import parse
from tests.tabs.decoding.search_loop import ModelReader, answer, nodes_of, steps

CPU = torch.device("cpu")
PROMPT = [5, 6, 7]
SAME = {
    "beam-4": lambda: BeamSearch(4, 2, 8),
    "diverse-beam-4-2": lambda: DiverseBeamSearch(4, 2, 2, 8),
    "diverse-beam-4-2-0.3": lambda: DiverseBeamSearch(4, 2, 2, 8, diversity=0.3),
    "contrastive-3-0.5": lambda: ContrastiveSearch(3, 0.5, 2, 8),
}


@pytest.mark.parametrize("name", SAME)
def test_a_name_makes_its_search(name, gpt2):
    named, built = search_for(parse(name), 2, 8, CPU), SAME[name]()
    assert named.width == built.width == parse(name).width
    assert answer(named, ModelReader(gpt2, PROMPT)) == answer(built, ModelReader(gpt2, PROMPT))


def test_a_strategy_that_keeps_one_row_is_no_search():
    with pytest.raises(ValueError, match="greedy is no search"):
        search_for(parse("greedy"), 2, 8, CPU)


@pytest.mark.parametrize("name", SAME)
def test_rows_name_the_distribution_that_each_token_comes_from(name, make_rnn):
    search, reader, read = search_for(parse(name), 2, 8, CPU), ModelReader(make_rnn(), PROMPT), []
    watched = reader._forward
    reader._forward = lambda *inputs: read.append(watched(*inputs)) or read[-1]
    for step, advance in enumerate(steps(search, reader)):
        for node in advance.nodes:
            assert float(read[step - search.delay][node.row, node.token]) == pytest.approx(node.log_probability)


@pytest.mark.parametrize("name", SAME)
def test_the_best_node_is_known_at_every_step(name, make_rnn):
    search, reader = search_for(parse(name), None, 5, CPU), ModelReader(make_rnn(), PROMPT)
    assert search.best() == -1
    nodes = nodes_of(steps(search, reader))
    assert nodes[search.best()].step == 4
