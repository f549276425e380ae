import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.metrics.pairwise import cosine_similarity

from playground.tabs.matching.lexical import BM25, K1, B, bm25_scores, character_ngram_scores, words_of

CORPUS = ["the dog bit the man", "the man bit the dog", "a cat sleeps", "rain again"]
few = settings(max_examples=40, deadline=None)
texts = st.text(st.sampled_from("ab 猫狗，.A1"), max_size=20)


def naive_bm25(query, document, corpus):
    """Robertson's formula, word by word, as it is printed."""
    documents = [words_of(text) for text in corpus]
    mean = sum(len(each) for each in documents) / len(documents)
    total = 0.0
    for word in words_of(query):
        n = sum(word in each for each in documents)
        idf = math.log(1 + (len(documents) - n + 0.5) / (n + 0.5))
        tf = words_of(document).count(word)
        total += idf * tf * (K1 + 1) / (tf + K1 * (1 - B + B * len(words_of(document)) / mean))
    return total


def test_chinese_characters_and_words_are_words_and_punctuation_is_not():
    assert words_of("It's 3 PM，我们 走了！ _x") == ["it", "s", "3", "pm", "我", "们", "走", "了", "x"]


def test_relevance_is_the_printed_formula():
    bm25 = BM25(CORPUS)
    for query in CORPUS:
        for document in CORPUS:
            found = bm25.relevance(words_of(query), words_of(document))
            assert found == pytest.approx(naive_bm25(query, document, CORPUS))


def test_order_does_not_matter_to_bm25():
    assert bm25_scores([("the dog bit the man", "the man bit the dog")], CORPUS)[0] == pytest.approx(1)


def test_a_rare_shared_word_counts_more_than_a_frequent_one():
    rare, frequent = bm25_scores([("the cat", "a cat"), ("the cat", "the a")], CORPUS)
    assert rare > frequent


@given(texts, texts)
@few
def test_lexical_scores_are_symmetric_and_one_for_equal_texts(a, b):
    for scores in (bm25_scores, character_ngram_scores):
        there, back, itself = scores([(a, b), (b, a), (a, a)])
        assert there == pytest.approx(back)
        assert itself == pytest.approx(1)
        assert there >= 0


def test_no_shared_word_scores_zero():
    assert bm25_scores([("a cat", "the dog"), ("", "dog")]).tolist() == [0, 0]
    assert character_ngram_scores([("xyz", "abc"), ("", "abc")]).tolist() == [0, 0]


@given(st.lists(st.tuples(texts, texts).filter(lambda pair: all(text.strip() for text in pair)), min_size=1))
@few
def test_ngrams_equal_the_count_vectors_of_scikit_learn(pairs):
    vectorizer = CountVectorizer(analyzer="char", ngram_range=(1, 3))
    cleaned = [" ".join(text.split()) for pair in pairs for text in pair]
    counts = vectorizer.fit_transform(cleaned)
    expected = cosine_similarity(counts)[np.arange(0, len(cleaned), 2), np.arange(1, len(cleaned), 2)]
    assert character_ngram_scores(pairs) == pytest.approx(expected)


def test_no_pairs_have_no_scores():
    assert bm25_scores([]).shape == character_ngram_scores([]).shape == (0,)


def test_document_frequencies_count_a_text_once():
    assert BM25(["a a a", "a"]).frequency == Counter(a=2)
