from itertools import product

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import NoRepeatNGramLogitsProcessor, RepetitionPenaltyLogitsProcessor

from playground.tabs.decoding.beams import BeamSearch, DiverseBeamSearch
from tests.tabs.decoding.search_loop import ModelReader, TableReader, answer, nodes_of, path, steps, tiny_t5

LIMIT = 14
MODELS = ("gpt2", "t5", "tanh", "lstm", "nmst")
PROMPTS = st.lists(st.integers(3, 299), min_size=1, max_size=6)
SETTINGS = {
    "length_penalty": st.sampled_from([-1.0, 0.0, 0.5, 1.0, 2.0]),
    "early_stopping": st.sampled_from([False, True, "never"]),
}


@pytest.fixture(scope="module")
def models(gpt2, make_rnn):
    return {"gpt2": gpt2, "t5": tiny_t5(), "tanh": make_rnn(), "lstm": make_rnn(cell="lstm"), "nmst": make_rnn("nmst")}


def generated(model, prompt, eos, **settings):
    """The new tokens of transformers' `generate`, without what stands after <eos>."""
    ids = torch.tensor([prompt])
    options = {"do_sample": False, "max_new_tokens": LIMIT, "eos_token_id": eos, "pad_token_id": 0} | settings
    row = model.generate(ids, attention_mask=torch.ones_like(ids), **options)[0].tolist()
    row = row[1 if model.config.is_encoder_decoder else len(prompt) :]
    return row[: row.index(eos) + 1] if eos in row else row


def met(model, prompt, beams, place):
    """A token that beam search meets on this prompt: as <eos>, it makes hypotheses end."""
    nodes = nodes_of(steps(BeamSearch(beams, None, LIMIT), ModelReader(model, prompt)))
    return nodes[place % len(nodes)].token


@pytest.mark.parametrize("name", MODELS)
@settings(max_examples=9)
@given(prompt=PROMPTS, beams=st.integers(2, 6), place=st.integers(0, 60), options=st.fixed_dictionaries(SETTINGS))
def test_beam_search_takes_the_tokens_of_generate(models, name, prompt, beams, place, options):
    model = models[name]
    eos = met(model, prompt, beams, place)
    found = answer(BeamSearch(beams, eos, LIMIT, **options), ModelReader(model, prompt))
    assert found == generated(model, prompt, eos, num_beams=beams, **options)


@pytest.mark.parametrize("name", ["gpt2", "t5", "tanh"])
@settings(max_examples=5)
@given(prompt=PROMPTS, beams=st.integers(2, 5), place=st.integers(0, 30))
def test_modified_beams_take_the_tokens_of_generate(models, name, prompt, beams, place):
    model = models[name]
    eos = met(model, prompt, beams, place)
    processors = (RepetitionPenaltyLogitsProcessor(1.3), NoRepeatNGramLogitsProcessor(2))
    found = answer(BeamSearch(beams, eos, LIMIT), ModelReader(model, prompt, processors))
    assert found == generated(model, prompt, eos, num_beams=beams, repetition_penalty=1.3, no_repeat_ngram_size=2)


@pytest.mark.parametrize("name", MODELS)
def test_one_beam_is_greedy(models, name):
    model = models[name]
    found = answer(BeamSearch(1, 2, LIMIT), ModelReader(model, [5, 6, 7]))
    assert found == generated(model, [5, 6, 7], 2)


@pytest.mark.parametrize("name", ["gpt2", "tanh"])
def test_a_model_without_eos_runs_to_the_limit(models, name):
    found = answer(BeamSearch(3, None, LIMIT), ModelReader(models[name], [9, 8]))
    assert found == generated(models[name], [9, 8], None, num_beams=3)
    assert len(found) == LIMIT


def random_table(seed, size):
    """A model whose distribution depends on the whole history."""

    def log_p(history):
        generator = torch.Generator().manual_seed(hash((seed, *history)) % 2**31)
        return (2 * torch.randn(size, generator=generator, dtype=torch.float64)).log_softmax(dim=-1)

    return log_p


def every_sequence(log_p, size, eos, limit):
    """All sequences that end by <eos> or at the limit, with their log-probabilities."""
    for length in range(1, limit + 1):
        for tokens in product(range(size), repeat=length):
            if eos not in tokens[:-1] and (tokens[-1] == eos or length == limit):
                yield tokens, sum(float(log_p(tokens[:i])[tokens[i]]) for i in range(length))


@pytest.mark.parametrize("length_penalty", [0.0, 1.0, -0.5])
@pytest.mark.parametrize(("size", "limit", "seed"), [(2, 4, 0), (3, 4, 1), (4, 3, 2), (5, 3, 3), (4, 4, 4)])
def test_enough_beams_find_the_best_of_all_sequences(size, limit, seed, length_penalty):
    log_p, eos = random_table(seed, size), seed % size
    best, _ = max(every_sequence(log_p, size, eos, limit), key=lambda entry: entry[1] / len(entry[0]) ** length_penalty)
    search = BeamSearch(size**limit, eos, limit, length_penalty)
    assert answer(search, TableReader(log_p)) == list(best)


@settings(max_examples=20)
@given(seed=st.integers(0, 1000), beams=st.integers(1, 5), size=st.integers(2, 9))
def test_nodes_add_up_along_their_hypotheses(seed, beams, size):
    search, log_p, eos = BeamSearch(beams, 1, 6), random_table(seed, size), 1
    advances = steps(search, TableReader(log_p))
    nodes = nodes_of(advances)
    for node in nodes:
        tokens = path(nodes, node.node)
        terms = [float(log_p(tuple(tokens[:i]))[tokens[i]]) for i in range(len(tokens))]
        assert node.score == pytest.approx(sum(terms), abs=1e-9)
        assert node.log_probability == pytest.approx(terms[-1], abs=1e-9)
        assert node.step == len(tokens) - 1
        assert node.finished == (node.token == eos)
        assert eos not in tokens[:-1]
    for step, advance in enumerate(advances):
        assert {node.step for node in advance.nodes} == {step}
        assert sum(not node.finished for node in advance.nodes) <= beams


def test_a_banned_token_never_enters_a_hypothesis():
    allowed = torch.tensor([0.0, -torch.inf, -torch.inf, 0.0]).log_softmax(dim=-1)
    search = BeamSearch(3, 0, 4)
    nodes = nodes_of(steps(search, TableReader(lambda history: allowed)))
    assert {node.token for node in nodes} == {0, 3}


def test_a_search_ends_when_nothing_can_go_on():
    only_end = torch.tensor([0.0, -torch.inf, -torch.inf])
    search = BeamSearch(3, 0, 10)
    assert answer(search, TableReader(lambda history: only_end)) == [0]


def naive_diverse(log_p, size, beams, groups, eos, limit, diversity, length_penalty, early_stopping):
    """The winner of diverse beam search by its definition, in plain Python."""
    each = beams // groups
    running = [[((), 0.0)] for _ in range(groups)]
    ended = [[] for _ in range(groups)]
    over = [False] * groups
    for length in range(1, limit + 1):
        taken = []  # tokens that earlier groups go on with at this step
        for group in range(groups):
            if over[group]:
                continue
            candidates = [
                ((*tokens, token), score + float(log_p(tokens)[token]) - diversity * taken.count(token))
                for tokens, score in running[group]
                for token in range(size)
            ]
            candidates.sort(key=lambda candidate: -candidate[1])
            ending = [c for c in candidates[:each] if c[0][-1] == eos or length == limit]
            ended[group] += [(score / length**length_penalty, tokens) for tokens, score in ending]
            ended[group] = sorted(ended[group], reverse=True)[:each]
            running[group] = [c for c in candidates[: 2 * each] if c[0][-1] != eos][:each]
            taken += [tokens[-1] for tokens, _ in running[group]]
            full = len(ended[group]) == each
            best = max((score for _, score in running[group]), default=-1e30)
            over[group] = length == limit or best == -1e30
            reach = limit if early_stopping == "never" and length_penalty > 0 else length
            over[group] |= full and (early_stopping is True or best / reach**length_penalty <= ended[group][-1][0])
        if all(over):
            break
    return list(max(winner for group in ended for winner in group[:1])[1])


@settings(max_examples=90)
@given(
    seed=st.integers(0, 10_000),
    shape=st.sampled_from([(2, 1), (3, 1), (4, 2), (6, 3), (6, 2), (4, 4)]),
    diversity=st.sampled_from([0.0, 0.3, 1.0, 5.0]),
    size=st.sampled_from([7, 12]),
    options=st.fixed_dictionaries(SETTINGS),
)
def test_diverse_beams_equal_their_definition(seed, shape, diversity, size, options):
    eos, (beams, groups) = 3, shape
    log_p = random_table(seed, size)
    search = DiverseBeamSearch(beams, groups, eos, 7, diversity, **options)
    expected = naive_diverse(log_p, size, beams, groups, eos, 7, diversity, **options)
    assert answer(search, TableReader(log_p)) == expected


def same_advances(left, right):
    return all(
        a.nodes == b.nodes and torch.equal(a.tokens, b.tokens) and torch.equal(a.parents, b.parents)
        for a, b in zip(left, right, strict=True)
    )


@pytest.mark.parametrize("seed", range(5))
def test_one_group_is_beam_search(seed):
    log_p = random_table(seed, 11)
    diverse = steps(DiverseBeamSearch(4, 1, 2, 6), TableReader(log_p))
    assert same_advances(diverse, steps(BeamSearch(4, 2, 6), TableReader(log_p)))


@pytest.mark.parametrize("seed", range(5))
def test_groups_that_do_not_mind_each_other_are_all_alike(seed):
    log_p = random_table(seed, 11)
    diverse = steps(DiverseBeamSearch(6, 3, 2, 6, diversity=0.0), TableReader(log_p))
    alone = steps(BeamSearch(2, 2, 6), TableReader(log_p))
    for together, single in zip(diverse, alone, strict=True):
        assert together.over == single.over
        if not single.over:
            assert together.tokens.tolist() == single.tokens.tolist() * 3
            assert together.parents.tolist() == [2 * g + p for g in range(3) for p in single.parents.tolist()]
        scores = [(node.token, node.score) for node in single.nodes]
        assert [(node.token, node.score) for node in together.nodes] == scores * 3


def test_a_large_penalty_makes_the_groups_begin_apart():
    log_p = random_table(7, 20)
    search = DiverseBeamSearch(4, 4, None, 3, diversity=100.0)
    first = steps(search, TableReader(log_p))[0]
    assert len({node.token for node in first.nodes}) == 4


def test_beams_must_fill_their_groups():
    with pytest.raises(ValueError, match="5 beams"):
        DiverseBeamSearch(5, 2, None, 3)
