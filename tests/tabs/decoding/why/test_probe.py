from types import SimpleNamespace

import pytest
import torch

from playground.tabs.decoding.why import probe as module
from playground.tabs.decoding.why.probe import Probe, random_ids, sentence_ids, start_id

SENTENCE = "the old man went down"


def plain_scores(model, tokenizer, ids, repeats):
    """Log-probabilities of all tokens and of <eos> after each, by one forward of the whole text."""
    text = [start_id(tokenizer), *ids * repeats]
    more = {"context_length": 1 + len(ids)} if model.config.model_type == "whybox-rnn-lm" else {}
    with torch.inference_mode():
        log_p = torch.log_softmax(model(input_ids=torch.tensor([text]), **more).logits[0], dim=-1)
    tokens = torch.tensor(text[1:])
    return log_p[:-1].gather(1, tokens[:, None])[:, 0], log_p[:, 2].exp(), log_p[:-1].argmax(1) == tokens


@pytest.fixture(params=["vanilla", "st", "nmst", "lstm", "gpt2"])
def model(request, make_rnn, gpt2):
    if request.param == "gpt2":
        return gpt2
    return make_rnn("nmst", cell="lstm") if request.param == "lstm" else make_rnn(request.param)


@pytest.mark.parametrize("chunk", [3, 32])
def test_copies_read_one_by_one_score_as_the_whole_text_does(model, tokenizer, monkeypatch, chunk):
    monkeypatch.setattr(module, "CHUNK", chunk)
    ids = sentence_ids(tokenizer, SENTENCE)
    probe, repeats = Probe(model, tokenizer, ids), 4
    copies = [probe.read() for _ in range(repeats)]
    log_p, p_eos, best = plain_scores(model, tokenizer, ids, repeats)
    torch.testing.assert_close(torch.cat([copy.log_p for copy in copies]), log_p, atol=1e-4, rtol=1e-4)
    assert torch.cat([copy.most_probable for copy in copies]).tolist() == best.tolist()
    after = p_eos[len(ids) :: len(ids)].tolist()
    assert [copy.p_eos for copy in copies] == pytest.approx(after, rel=1e-3, abs=1e-7)


def test_the_bound_on_eos_begins_behind_the_first_copy(make_rnn, tokenizer):
    model = make_rnn("nmst", eos_bias=-20)
    ids = sentence_ids(tokenizer, SENTENCE)
    probe = Probe(model, tokenizer, ids)
    for copies in range(6):
        bound = 1 - (1 - model.config.epsilon) ** (copies * len(ids) + 1)
        assert probe.read().p_eos >= bound * (1 - 1e-4)


def test_a_blank_stands_before_a_sentence_whose_script_has_blanks(tokenizer):
    assert tokenizer.decode(sentence_ids(tokenizer, " the sea.\n")) == " the sea."
    assert tokenizer.decode(sentence_ids(tokenizer, "今天天气不错")) == "今天天气不错"


def test_copies_of_a_sentence_are_the_tokens_of_the_text_that_they_make(tokenizer):
    text = " the old man went down." * 3
    assert sentence_ids(tokenizer, "the old man went down.") * 3 == tokenizer(text, add_special_tokens=False).input_ids


def test_the_name_of_a_special_token_is_read_as_characters(tokenizer):
    assert not {0, 1, 2} & set(sentence_ids(tokenizer, "<eos> <bos>"))


def test_random_tokens_are_ordinary_ones_and_those_of_the_seed(tokenizer):
    drawn = random_ids(tokenizer, 10_000, seed=5)
    assert set(drawn) == set(range(3, len(tokenizer)))
    assert drawn == random_ids(tokenizer, 10_000, seed=5) != random_ids(tokenizer, 10_000, seed=6)


@pytest.mark.parametrize(("bos", "eos", "start"), [(1, 2, 1), (0, 2, 0), (None, 2, 2), (None, None, 0)])
def test_a_text_starts_with_bos_or_what_stands_for_it(bos, eos, start):
    assert start_id(SimpleNamespace(bos_token_id=bos, eos_token_id=eos)) == start


def test_a_model_without_eos_never_ends(make_rnn, tokenizer):
    names = ("bos_token_id", "all_special_ids")
    bare = SimpleNamespace(eos_token_id=None, **{name: getattr(tokenizer, name) for name in names})
    assert Probe(make_rnn(), bare, [5, 6, 7]).read().p_eos == 0
