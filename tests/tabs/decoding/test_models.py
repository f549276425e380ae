"""Models of every kind from their folders through the engine: chat, encoder-decoder, without <eos> or tokenizer."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from playground.runtime.catalogue import scan
from playground.runtime.errors import ModelUnavailable
from playground.runtime.registry import Registry
from playground.runtime.settings import Settings
from playground.tabs.decoding import engine
from playground.tabs.decoding.frames import DecodingInspection
from playground.tabs.decoding.request import DecodingRequest
from tests.tabs.decoding.test_branches import new_tokens, start_of
from tests.tiny_zoo import CHAT, ENDLESS, TRANSLATOR, write_tiny_zoo

DECODERS = ("greedy", "nucleus-0.9", "repetition-1.3", "floor-0.0001", "beam-3", "contrastive-3-0.6")


@pytest.fixture(scope="module")
def zoo(tmp_path_factory):
    return Registry(scan(write_tiny_zoo(tmp_path_factory.mktemp("zoo")), "zoo"), options=Settings(model_budget="100MB"))


@pytest.fixture(scope="module")
def decode(zoo):
    def run(model, **fields):
        request = DecodingRequest(
            **{"model": f"zoo/{model}", "prompt": "hi", "decoders": DECODERS, "length": 12} | fields
        )
        return list(engine.run(request, SimpleNamespace(lease=zoo.lease, cancelled=False)))

    return run


def log_probabilities(zoo, model, prompt, tokens):
    """Of every token where each new one stands, (T, V), from one pass over the finished text in float64."""
    with zoo.lease(f"zoo/{model}") as loaded, torch.inference_mode():
        if loaded.model.config.is_encoder_decoder:
            read = torch.tensor([[loaded.model.config.decoder_start_token_id, *tokens[:-1]]])
            logits = loaded.model(torch.tensor([prompt]), decoder_input_ids=read).logits[0]
        else:
            logits = loaded.model(torch.tensor([[*prompt, *tokens[:-1]]])).logits[0, len(prompt) - 1 :]
    return logits.double().log_softmax(-1)


def log_probability(zoo, model, prompt, tokens):
    """Of a whole text of new tokens."""
    return float(log_probabilities(zoo, model, prompt, tokens)[torch.arange(len(tokens)), list(tokens)].sum())


def prompt_ids(zoo, model, text):
    with zoo.lease(f"zoo/{model}") as loaded:
        return loaded.tokenizer(text).input_ids


@pytest.mark.parametrize(
    ("lines", "read"),
    [
        ("hi", "<user>hi<eos><assistant>"),
        ("hi\nhello\nand you?", "<user>hi<eos><assistant>hello<eos><user>and you?<eos><assistant>"),
        ("hello\nand you?", "<assistant>hello<eos><user>and you?<eos><assistant>"),
        ("", "<user><eos><assistant>"),
    ],
)
def test_a_chat_is_read_turn_by_turn(decode, lines, read):
    assert "".join(start_of(decode(CHAT, prompt=lines)).prompt) == read


@pytest.mark.parametrize("prompt", ["hi", "hi\nhello\nand you?"])
def test_a_replys_log_probability_in_one_pass_is_the_sum_of_its_steps(decode, zoo, prompt):
    frames = decode(CHAT, prompt=prompt)
    ids = prompt_ids(zoo, CHAT, "".join(start_of(frames).prompt))
    for row, tokens in enumerate(new_tokens(frames)):
        if DECODERS[row] != "floor-0.0001":  # its probabilities are those with the floor laid on
            whole = log_probability(zoo, CHAT, ids, tokens)
            assert frames[-1].log_probability[row] == pytest.approx(whole, rel=1e-5)


def test_an_encoder_reads_the_prompt_and_the_text_begins_anew(decode, zoo):
    frames = decode(TRANSLATOR, prompt="hi there")
    assert "".join(start_of(frames).prompt) == "hi there<eos>"
    ids = prompt_ids(zoo, TRANSLATOR, "hi there")
    for row, tokens in enumerate(new_tokens(frames)):
        if DECODERS[row] != "floor-0.0001":
            whole = log_probability(zoo, TRANSLATOR, ids, tokens)
            assert frames[-1].log_probability[row] == pytest.approx(whole, rel=1e-5)


@pytest.mark.parametrize(("decoder", "beams"), [("greedy", 1), ("beam-3", 3)])
def test_a_translation_equals_the_librarys(decode, zoo, decoder, beams):
    tokens = new_tokens(decode(TRANSLATOR, prompt="hi there", decoders=(decoder,)))[0]
    prompt = torch.tensor([prompt_ids(zoo, TRANSLATOR, "hi there")])
    with zoo.lease(f"zoo/{TRANSLATOR}") as loaded:
        output = loaded.model.generate(
            prompt, max_new_tokens=12, num_beams=beams, do_sample=False, length_penalty=0.0, early_stopping=False
        )
    assert tokens == output[0, 1:].tolist()


@pytest.mark.parametrize("model", [CHAT, TRANSLATOR, ENDLESS])
@pytest.mark.parametrize("row", range(4), ids=DECODERS[:4])
def test_choosing_a_rows_own_token_leaves_that_row_as_it_was(decode, model, row):
    before = new_tokens(decode(model, decoders=DECODERS[row:4]))[0]
    step = min(4, len(before) - 2)
    after = decode(model, decoders=DECODERS[row:4], branch=(f"0:{step}:{before[step]}",))
    assert before[: step + 1] + new_tokens(after)[0] == before


@pytest.mark.parametrize("model", [CHAT, TRANSLATOR, ENDLESS])
@pytest.mark.parametrize("decoder", DECODERS)
def test_the_first_stage_of_any_step_is_the_model_itself(decode, zoo, model, decoder):
    frames = decode(model, decoders=(decoder,), inspect="0:3")
    (seen,) = [frame for frame in frames if isinstance(frame, DecodingInspection)]
    ids = prompt_ids(zoo, model, "hi") if model == TRANSLATOR else prompt_ids(zoo, model, "<user>hi<eos><assistant>")
    p = log_probabilities(zoo, model, ids, new_tokens(frames)[0][:4])[3].exp()
    np.testing.assert_allclose(seen.probability[0], p[seen.tokens.astype(int)], rtol=1e-3)


def test_a_chat_shares_its_window_with_the_reply_and_an_encoder_does_not(decode):
    long = "word " * 300
    chat, translation = (start_of(decode(model, prompt=long, length=1500)) for model in (CHAT, TRANSLATOR))
    assert (chat.window, len(chat.prompt), chat.limit) == (128, 64, 64)
    assert (translation.window, len(translation.prompt), translation.limit) == (0, 512, 1500)


def test_a_model_without_eos_ends_at_the_limit(decode):
    *_, end = decode(ENDLESS)
    assert end.length.tolist() == [12] * len(DECODERS)
    assert set(end.status) <= {"limit", "loop"}
    np.testing.assert_array_equal(start_of(decode(ENDLESS)).eos, -1)


def test_a_model_without_tokenizer_is_refused_in_words(zoo):
    folder = zoo.entry(f"zoo/{ENDLESS}").folder
    hidden = (folder / "tokenizer.json").rename(folder / "hidden")
    fresh = Registry([zoo.entry(f"zoo/{ENDLESS}")], options=Settings(model_budget="100MB"))
    request = DecodingRequest(model=f"zoo/{ENDLESS}", decoders=("greedy",))
    try:
        with pytest.raises(ModelUnavailable, match=r"has no tokenizer\.json"):
            list(engine.run(request, SimpleNamespace(lease=fresh.lease, cancelled=False)))
    finally:
        hidden.rename(folder / "tokenizer.json")
