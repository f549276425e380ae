"""Words and patterns that are found: PETAL's ratio, mined contexts, demonstrations."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from playground.runtime.errors import InvalidRequest
from playground.tabs.prompting.few_shot.automatic_verbalizer import best_words, candidate_words, likelihood_ratios
from playground.tabs.prompting.few_shot.demonstrations import Writer, most_similar
from playground.tabs.prompting.few_shot.method import METHODS
from playground.tabs.prompting.few_shot.mined_patterns import contexts
from playground.tabs.prompting.patterns import parse_pattern
from playground.tabs.prompting.verbalizers import label_ids, parse_verbalizer
from tests.tabs.prompting.few_shot.tiny_settings import POOL, TEST, finished, tiny_setting

WORDS = {"negative": ("bad", "terrible"), "positive": ("good", "great")}


def test_ratios_equal_a_naive_computation() -> None:
    log_p = torch.randn(6, 4, generator=torch.Generator().manual_seed(0)).double()
    targets = [0, 1, 2, 1, 0, 0]
    ratios = likelihood_ratios(log_p, torch.tensor(targets), 3)
    for label in range(3):
        for word in range(4):
            own = [log_p[row, word].item() for row in range(6) if targets[row] == label]
            others = [log_p[row, word].item() for row in range(6) if targets[row] != label]
            assert ratios[label, word].item() == pytest.approx(np.mean(own) - np.mean(others))


def test_a_word_goes_to_one_label_alone() -> None:
    ratios = torch.tensor([[3.0, 1.0, -2.0, 0.5], [2.0, 2.0, 1.0, 0.0]])
    assert best_words(ratios, 2) == [[0, 3], [1, 2]]


def test_candidates_are_whole_words_the_most_frequent_first() -> None:
    tokenizer = tiny_setting().model.tokenizer
    assert tokenizer is not None
    found = candidate_words(["good good good film", "a x film plots 满意。"], tokenizer)
    assert tokenizer.convert_ids_to_tokens(found) == ["good", "film", "plot", "满", "意"]


def test_words_that_are_found_can_be_label_words() -> None:
    setting = tiny_setting()
    words = finished("automatic-verbalizer", setting).details["words"]
    written = "\n".join(f"{label}: {', '.join(own)}" for label, own in words.items())
    assert [len(own) for own in label_ids(parse_verbalizer(written), setting.model.tokenizer)] == [2, 2]


def test_too_few_words_for_the_labels_are_refused() -> None:
    with pytest.raises(InvalidRequest, match="could be label words"):
        finished("automatic-verbalizer", tiny_setting(options={"words": 50}))


def test_contexts_are_those_that_two_labels_share() -> None:
    texts = ["It was bad.", "And it was good, really!", "a good film"]
    assert contexts(texts, WORDS) == ["{text} it was [MASK].", "{text} was [MASK]."]


def test_chinese_contexts_have_no_spaces() -> None:
    found = contexts(["我很满意", "我不满意"], {"正": ("很",), "负": ("不",)})
    assert "{text}我[MASK]满。" in found
    assert not any(" " in template for template in found)


def test_every_context_is_a_pattern() -> None:
    for template in contexts(["all of it was bad, it was", "all of it was great, it was"], WORDS):
        assert parse_pattern(template).template == template


def test_mined_patterns_come_best_first() -> None:
    texts = ("it was a good film", "it was a bad film", *POOL)
    mined = finished("mined-patterns", tiny_setting(unlabelled=texts)).details["mined"]
    losses = [loss for _, loss in mined]
    assert losses == sorted(losses)


def test_texts_without_label_words_are_refused() -> None:
    with pytest.raises(InvalidRequest, match="no way that two labels share"):
        finished("mined-patterns", tiny_setting(unlabelled=(), train=tiny_setting().train[4:6]))


def test_demonstrations_stand_behind_the_text_with_their_words() -> None:
    setting = tiny_setting(options={"demonstrations": 3})
    assert setting.model.tokenizer is not None
    writer = Writer(setting, setting.patterns[0], 40, np.random.default_rng(0))
    prompts = writer.prompts(TEST[:1], torch.zeros(1, len(setting.train)))
    assert len(prompts) == 3
    for prompt in prompts:
        parts = setting.model.tokenizer.decode(prompt.ids).split("[SEP]")
        assert parts[0].strip() == "[CLS] the movie was good it was [MASK]."
        assert {part.split()[-1] for part in parts[1:3]} == {"bad.", "good."}
        assert prompt.ids[prompt.masks[0]] == setting.model.tokenizer.mask_token_id


def test_only_the_more_similar_half_is_drawn_from() -> None:
    similar = np.array([0.1, 0.9, 0.5, 0.7, 0.8], dtype=np.float32)
    assert most_similar(np.array([0, 1, 2, 3]), similar).tolist() == [1, 3]
    assert most_similar(np.array([0, 1, 2]), similar).tolist() == [1, 2]


def test_a_text_is_its_own_demonstration_only_where_there_is_no_other() -> None:
    similar = np.array([-np.inf, 0.2], dtype=np.float32)
    assert most_similar(np.array([0, 1]), similar).tolist() == [1]
    assert most_similar(np.array([0]), similar).tolist() == [0]


def test_too_many_labels_for_demonstrations_are_refused() -> None:
    with pytest.raises(InvalidRequest, match="too few"):
        list(METHODS["demonstrations"].run(tiny_setting(options={"longest": 30}), {}))
