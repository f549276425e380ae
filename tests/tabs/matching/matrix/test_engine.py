import numpy as np
import pytest

from models.nets.sentence_vectors import SentenceEncoder
from playground.runtime.errors import Cancelled, InvalidRequest
from playground.runtime.sessions import Attachment
from playground.tabs.matching.matrix import engine, searching
from playground.tabs.matching.matrix.frames import Corpus, Found, Judged, Placed
from playground.tabs.matching.matrix.request import MatrixRequest
from tests.tabs.matching.matrix.conftest import FILMS

TEXTS = FILMS.splitlines()


def of(kind, frames):
    return [frame for frame in frames if isinstance(frame, kind)]


@pytest.fixture
def by_length(monkeypatch):
    """A cross-encoder that likes long texts."""

    def score_pairs(context, method, pairs, criterion=None, *, private=False):
        yield engine.Step("pairs", len(pairs), len(pairs))
        return np.array([float(len(text)) for _, text in pairs])

    monkeypatch.setattr(MatrixRequest, "reranker", lambda self: "cross-en" if self.rerank else None)
    monkeypatch.setattr(searching, "score_pairs", score_pairs)


def test_the_cosines_are_those_of_the_vectors(view_of, bert):
    view = view_of()
    vectors = SentenceEncoder(bert.model, bert.tokenizer).encode(TEXTS).numpy()
    np.testing.assert_allclose(view.similarities.cosines, vectors @ vectors.T, atol=1e-4)
    assert len(view.compared.pairs) == 15


def test_a_map_begins_with_principal_components_and_ends_with_t_sne(frames_of):
    placed = of(Placed, frames_of(exhibit="map"))
    assert [len(each.shares) for each in placed] == [2, 0, 0, 0, 0]
    assert len(of(Placed, frames_of(exhibit="map", projection="PCA"))) == 1


def test_a_search_equals_brute_force(view_of, bert):
    found = view_of(exhibit="search", query="a boring film", candidates=5, rerank=False).found
    encoder = SentenceEncoder(bert.model, bert.tokenizer)
    every = (encoder.encode(TEXTS) @ encoder.encode(["a boring film"])[0]).tolist()
    assert found.places.tolist() == sorted(range(6), key=lambda place: -every[place])[:5]
    assert len(found.scores) == 0


@pytest.mark.usefixtures("by_length")
def test_the_re_ranked_order_is_that_of_the_pairs_scores(view_of):
    view = view_of(exhibit="search", query="a boring film", candidates=5)
    shown = [view.found.texts[place] for place in view.ranked()]
    assert shown == sorted(view.found.texts, key=len, reverse=True)


@pytest.mark.usefixtures("by_length")
def test_the_encoders_order_is_shown_before_the_cross_encoder_has_read(frames_of):
    before, after = of(Found, frames_of(exhibit="search", query="film"))
    assert before.texts == after.texts
    assert (len(before.scores), len(after.scores)) == (0, 6)


def test_the_quality_ranks_first_answers_and_finds_no_query_itself(frames_of, monkeypatch):
    monkeypatch.setattr(engine, "load_collection", lambda name: ("a film", "a great film", "the film", "news"))
    monkeypatch.setattr(searching, "known_answers", lambda name: {"a film": frozenset({"the film"})})
    monkeypatch.setattr(MatrixRequest, "reranker", lambda self: None)
    frames = frames_of(pasted="", collection="stsb-en", exhibit="quality", candidates=5)
    (judged,) = of(Judged, frames)
    assert judged.query == "a film"
    assert judged.ranks.tolist()[0] in (1, 2, 3)


def test_an_uploaded_file_is_read(frames_of):
    file = Attachment(name="films.txt", size=3, sha256="0" * 64)
    (corpus,) = of(Corpus, frames_of(pasted="", texts=file, file=b"a film\na plot\n"))
    assert (corpus.name, corpus.texts) == ("films.txt", ("a film", "a plot"))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"pasted": "only one"}, "only one text"),
        ({"pasted": "only one", "exhibit": "map"}, "only one text"),
        ({"exhibit": "search", "query": "  "}, "The query is empty"),
        ({"exhibit": "quality"}, "choose stsb-en"),
        ({"exhibit": "quality", "pasted": ""}, "choose stsb-en"),
    ],
)
def test_what_cannot_be_answered_is_refused(frames_of, fields, said):
    with pytest.raises(InvalidRequest, match=said):
        frames_of(**fields)


@pytest.mark.parametrize("exhibit", ["matrix", "map", "search"])
def test_equal_texts_are_no_trouble(view_of, exhibit):
    assert view_of(pasted="a film\n" * 7, exhibit=exhibit).corpus is not None


def test_one_text_can_be_searched(view_of):
    assert view_of(pasted="a film", exhibit="search").found.texts == ("a film",)


def test_a_cancelled_run_ends_before_its_answer(frames_of):
    with pytest.raises(Cancelled):
        frames_of(until=1, pasted=FILMS + "\nanother film here")
    assert len(of(Placed, frames_of(until=3, exhibit="map"))) <= 2


def test_too_many_texts_for_an_exhibit_are_left_out_and_told(frames_of, monkeypatch):
    monkeypatch.setitem(engine.MOST, "matrix", 4)
    (corpus,) = of(Corpus, frames_of())
    assert len(corpus.texts) == 4
    assert corpus.notes[-1] == (engine.FIRST_ONLY, {"count": "4", "all": "6"})
