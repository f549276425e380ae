from models.recipes.held_out_texts import LONG, normal_form, without_held_out

SENTENCE = "a long sentence of a review that a whole book would hold by no chance at all"


def test_texts_are_compared_by_their_letters_and_digits():
    assert normal_form("Ｎｏ. 1: it's GOOD !") == normal_form("no 1 its good") == "no1itsgood"


def test_a_text_that_is_measured_on_is_left_out_however_it_is_written():
    assert without_held_out(["It was good .", "It was bad ."], ["it was good"]) == ["It was bad ."]


def test_a_text_that_quotes_a_long_one_is_left_out():
    quoting = f"He wrote: {SENTENCE.upper()}!"
    assert len(normal_form(SENTENCE)) > LONG
    assert without_held_out([quoting, SENTENCE[:50]], [SENTENCE]) == [SENTENCE[:50]]


def test_a_short_one_may_stand_in_a_longer_text():
    assert without_held_out(["All in all it was good fun"], ["it was good"]) == ["All in all it was good fun"]


def test_none_is_left_after_one_pass():
    texts = [f"text {i}" for i in range(20)]
    held_out = texts[::3]
    kept = without_held_out(texts, held_out)
    assert {normal_form(text) for text in kept}.isdisjoint(normal_form(text) for text in held_out)
    assert len(kept) == len(texts) - len(held_out)
