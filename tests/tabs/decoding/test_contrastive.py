import pytest
import torch
from torch.nn.functional import cosine_similarity
from transformers import NoRepeatNGramLogitsProcessor

from playground.tabs.decoding.contrastive import ContrastiveSearch
from tests.tabs.decoding.search_loop import START, ModelReader, all_hidden, answer, nodes_of, path, steps, tiny_t5

LIMIT = 12
MODELS = ("gpt2", "t5", "tanh", "lstm")
PROMPT = [5, 6, 7, 8]


@pytest.fixture(scope="module")
def models(gpt2, make_rnn):
    return {"gpt2": gpt2, "t5": tiny_t5(), "tanh": make_rnn(), "lstm": make_rnn(cell="lstm")}


@torch.inference_mode()
def next_log_p(model, prompt, read):
    """Log-probabilities (V,) of the next token, from scratch."""
    named = {"decoder_input_ids": read} if model.config.is_encoder_decoder else {}
    return model(prompt if named else read, **named).logits[0, -1].log_softmax(dim=-1)


def naive(model, prompt, k, alpha, eos, limit, processor=None):
    """Contrastive search by its definition: every candidate is read again from the first token on."""
    prompt = torch.tensor([prompt])
    read = torch.tensor([[START]]) if model.config.is_encoder_decoder else prompt
    first = read.shape[1]
    while read.shape[1] < first + limit and (read.shape[1] == first or read[0, -1] != eos):
        log_p = next_log_p(model, prompt, read)
        log_p = processor(read, log_p[None])[0] if processor else log_p
        scores = {}
        for token in log_p.topk(k).indices.tolist():
            longer = torch.cat([read, torch.tensor([[token]])], dim=1)
            hidden = all_hidden(model, prompt, longer)
            degeneration = cosine_similarity(hidden[-1:], hidden[:-1], dim=-1).max()
            scores[token] = float((1 - alpha) * log_p[token].exp() - alpha * degeneration)
        read = torch.cat([read, torch.tensor([[max(scores, key=scores.get)]])], dim=1)
    return read[0, first:].tolist()


def greedy(model, prompt, eos):
    ids = torch.tensor([prompt])
    options = {"max_new_tokens": LIMIT, "eos_token_id": eos, "pad_token_id": 0, "do_sample": False}
    row = model.generate(ids, attention_mask=torch.ones_like(ids), **options)[0].tolist()
    return row[1 if model.config.is_encoder_decoder else len(prompt) :]


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize(("k", "alpha"), [(2, 0.6), (4, 0.6), (5, 0.2), (3, 1.0)])
def test_tokens_equal_the_definition_from_scratch(models, name, k, alpha):
    found = answer(ContrastiveSearch(k, alpha, None, LIMIT), ModelReader(models[name], PROMPT))
    assert found == naive(models[name], PROMPT, k, alpha, None, LIMIT)
    assert len(found) == LIMIT


@pytest.mark.parametrize("name", MODELS)
def test_it_ends_with_the_end_token(models, name):
    eos = naive(models[name], PROMPT, 4, 0.6, None, LIMIT)[4]
    found = answer(ContrastiveSearch(4, 0.6, eos, LIMIT), ModelReader(models[name], PROMPT))
    assert found == naive(models[name], PROMPT, 4, 0.6, eos, LIMIT)
    assert found[-1] == eos


def test_modifiers_see_the_history_of_the_hypothesis(models):
    processor = NoRepeatNGramLogitsProcessor(1)
    found = answer(ContrastiveSearch(4, 0.1, None, LIMIT), ModelReader(models["gpt2"], PROMPT, (processor,)))
    assert found == naive(models["gpt2"], PROMPT, 4, 0.1, None, LIMIT, processor)
    assert len(set(found)) == LIMIT


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize(("k", "alpha"), [(1, 0.6), (4, 0.0)])
def test_one_candidate_or_no_weight_on_likeness_is_greedy(models, name, k, alpha):
    found = answer(ContrastiveSearch(k, alpha, None, LIMIT), ModelReader(models[name], PROMPT))
    assert found == greedy(models[name], PROMPT, None)


def test_every_step_costs_one_pass_and_gives_one_node_after_the_first(models):
    advances = steps(ContrastiveSearch(4, 0.6, None, LIMIT), ModelReader(models["gpt2"], PROMPT))
    assert [len(advance.nodes) for advance in advances] == [0] + [1] * LIMIT


def test_nodes_carry_the_models_log_probabilities(models):
    model, search = models["gpt2"], ContrastiveSearch(4, 0.6, None, LIMIT)
    nodes, total = nodes_of(steps(search, ModelReader(model, PROMPT))), 0.0
    assert search.best() == len(nodes) - 1
    for node in nodes:
        read = torch.tensor([PROMPT + path(nodes, node.parent)])
        expected = float(next_log_p(model, read, read)[node.token])
        total += expected
        assert node.log_probability == pytest.approx(expected, abs=1e-4)
        assert node.score == pytest.approx(total, abs=1e-3)


def test_a_nodes_row_is_where_its_candidates_came_from(models):
    advances = steps(ContrastiveSearch(4, 0.6, None, LIMIT), ModelReader(models["tanh"], PROMPT))
    rows = [advance.nodes[0].row for advance in advances[1:]]
    assert rows == [int(advance.parents[0]) for advance in advances[:-1]]
