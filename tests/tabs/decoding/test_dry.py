import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.tabs.decoding.dry import LONGEST_MATCH, dry

VOCABULARY = 5
HISTORIES = st.lists(st.integers(0, VOCABULARY - 1), max_size=40)


def naive_dry(history, multiplier, base, allowed, breakers):
    """For every earlier place, how far back it reads as the end of the history does."""
    longest = {}
    for end in range(len(history) - 1):
        length = 0
        while length < LONGEST_MATCH and length <= end:
            token = history[end - length]
            if token != history[len(history) - 1 - length] or token in breakers:
                break
            length += 1
        following = history[end + 1]
        if length and following not in breakers:
            longest[following] = max(longest.get(following, 0), length)
    penalties = [0.0] * VOCABULARY
    for token, length in longest.items():
        if length >= allowed:
            penalties[token] = multiplier * base ** (length - allowed)
    return penalties


def penalties(histories, multiplier=0.8, base=1.75, allowed=2, breakers=()):
    width = max(map(len, histories))
    rows = torch.tensor([[-1] * (width - len(h)) + h for h in histories], dtype=torch.long)
    parameters = [torch.full((len(rows),), x, dtype=torch.float64) for x in (multiplier, base, allowed)]
    scores = torch.zeros(len(rows), VOCABULARY, dtype=torch.float64)
    return (-dry(scores, rows, *parameters, torch.tensor(breakers, dtype=torch.long))).tolist()


@settings(max_examples=100)
@given(
    st.lists(HISTORIES, min_size=1, max_size=3),
    st.floats(0.1, 3),
    st.floats(1, 2),
    st.integers(1, 4),
    st.lists(st.integers(0, VOCABULARY - 1), max_size=2),
)
def test_dry_is_its_naive_reference(histories, multiplier, base, allowed, breakers):
    expected = [naive_dry(history, multiplier, base, allowed, breakers) for history in histories]
    torch.testing.assert_close(penalties(histories, multiplier, base, allowed, breakers), expected)


def test_the_penalty_grows_with_the_repetition():
    """After "a b c d a b c" the match has three tokens, and d would go on with it."""
    assert penalties([[0, 1, 2, 3, 0, 1, 2]])[0][3] == 0.8 * 1.75
    assert penalties([[0, 1, 2, 3, 1, 2]])[0][3] == 0.8
    assert penalties([[0, 1, 2, 3, 2]])[0][3] == 0


def test_a_match_is_at_most_fifty_tokens_long():
    assert max(penalties([[1] * 300])[0]) == max(penalties([[1] * 60])[0]) == 0.8 * 1.75**48


def test_a_breaker_hides_what_is_before_it():
    history = [0, 1, 2, 3, 0, 1, 2]
    assert penalties([history], breakers=[1]) == [[0] * VOCABULARY]
    assert penalties([history], breakers=[3]) == [[0] * VOCABULARY]
    assert penalties([history], breakers=[4])[0][3] > 0


def test_ids_beyond_the_scores_match_nothing():
    scores = torch.zeros(2, 3)
    one = torch.ones(2)
    assert torch.equal(dry(scores, torch.tensor([[9, 9, 9], [2, 9, 2]]), one, one, one), scores)
