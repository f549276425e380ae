import numpy as np
import pytest
import torch
from transformers import pipeline

from playground.runtime.contracts import Frame
from playground.runtime.errors import InvalidRequest
from playground.tabs.prompting.fill import engine
from playground.tabs.prompting.fill.frames import Filled, Guesses, TriedWord
from playground.tabs.prompting.fill.request import FillRequest
from tests.tabs.prompting.fill.conftest import TEXT, WORDS, Leased
from tests.tiny_masked_lm import tiny_roberta

CLOSE = 0.02  # of a probability: bfloat16, where the processor has it


def of(frames, kind):
    return [frame for frame in frames if isinstance(frame, kind)]


@pytest.fixture(scope="module")
def fill_mask(bert):
    return pipeline("fill-mask", model=bert.model, tokenizer=bert.tokenizer, device="cpu")


def test_guesses_equal_the_fill_mask_pipeline(frames_of, fill_mask):
    (guesses,) = of(frames_of(top=5), Guesses)
    for row, expected in enumerate(fill_mask(TEXT, top_k=5)):
        np.testing.assert_allclose(guesses.probability[row], [each["score"] for each in expected], atol=CLOSE)
        assert guesses.likeliest[row][0] == expected[0]["token_str"]


def test_a_words_probability_is_the_pipelines(frames_of, fill_mask):
    word = of(frames_of(words="great", text="it was [MASK]."), TriedWord)[0]
    (expected,) = fill_mask("it was [MASK].", targets=["great"])
    np.testing.assert_allclose(np.exp(word.log_probability[:, 0]), expected["score"], atol=CLOSE)


def test_a_word_of_several_tokens_is_never_cut_to_its_first(frames_of):
    great, sad, movies = of(frames_of(), TriedWord)
    assert great.pieces == ("great",)
    assert sad.pieces == ("s", "##a", "##d")
    assert movies.pieces == ("movie", "##s")
    assert [word.log_probability.shape for word in (great, sad, movies)] == [(3, 1), (3, 3), (3, 2)]


def test_a_word_that_the_model_does_not_know_is_told(frames_of):
    known, unknown = of(frames_of(words="great, 龘"), TriedWord)
    assert (known.known, unknown.known) == (True, False)


def test_all_masks_are_filled_in_three_orders_where_there_are_several(frames_of):
    assert [filled.order for filled in of(frames_of(), Filled)] == ["parallel", "left to right", "confidence first"]
    assert not of(frames_of(text="it was [MASK]"), Filled)


def test_parallel_filling_takes_the_first_guesses(frames_of):
    frames = frames_of()
    (guesses,), filled = of(frames, Guesses), of(frames, Filled)[0]
    assert filled.tokens == tuple(tokens[0] for tokens in guesses.likeliest)
    np.testing.assert_allclose(np.exp(filled.log_probability), guesses.probability[:, 0], atol=CLOSE)
    assert filled.text.startswith("it was a")


def test_words_are_tried_at_the_mask_that_was_asked_for(frames_of):
    first, second = (of(frames_of(words="great", gap=gap), TriedWord)[0] for gap in (1, 2))
    assert not np.allclose(first.log_probability, second.log_probability)


def test_a_byte_level_model_answers_with_its_own_mask_token():
    loaded = tiny_roberta()
    frames = list(engine.run(FillRequest(text="it was [MASK].", words="great, bad, longer"), Leased(loaded)))
    (guesses,), words = of(frames, Guesses), of(frames, TriedWord)
    assert "<mask>" in guesses.tokens
    assert [len(word.pieces) for word in words] == [1, 1, 7]


def test_the_same_request_gives_the_same_frames(frames_of):
    for one, other in zip(frames_of(), frames_of(), strict=True):
        assert all(np.array_equal(value, vars(other)[name]) for name, value in vars(one).items())


def test_progress_only_grows_to_its_end(frames_of):
    shares = [frame.done for frame in frames_of()]
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_a_cancelled_run_ends_at_the_next_step(bert):
    context = Leased(bert)
    frames = engine.run(FillRequest(text=TEXT, words=WORDS), context)
    next(frames)
    context.cancelled = True
    assert list(frames) == []


def test_the_model_is_left_as_it_was(bert, frames_of):
    before = {name: tensor.clone() for name, tensor in bert.model.state_dict().items()}
    frames_of()
    assert all(torch.equal(tensor, before[name]) for name, tensor in bert.model.state_dict().items())


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"text": ""}, "nothing to fill in"),
        ({"text": "it was great"}, r"no \[MASK\]"),
        ({"gap": 3}, "has 2 masks"),
        ({"words": ", ".join(f"w{number}" for number in range(25))}, "25 words"),
        ({"words": "a" * 41}, "longer than 40 characters"),
        ({"words": "[MASK]"}, "A mask is no word"),
        ({"text": "it was " * 80 + "[MASK]"}, "reads at most 128"),
    ],
    ids=str,
)
def test_what_cannot_be_tried_is_refused_with_a_sentence(frames_of, fields, said):
    with pytest.raises(InvalidRequest, match=said):
        frames_of(**fields)


def test_no_words_and_only_commas_are_fine(frames_of):
    assert not of(frames_of(words=""), TriedWord)
    assert not of(frames_of(words=" ,， 、\n", gap=8), TriedWord)


def test_every_frame_is_declared(frames_of):
    assert {type(frame) for frame in frames_of()} <= set(engine.FRAMES)
    assert Frame in engine.FRAMES
