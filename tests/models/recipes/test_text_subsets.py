import json

from models.recipes.text_subsets import LONGEST, POOL, lines, pool

ROWS = [{"text": f"text {i}", "label": "rare" if i % 10 == 0 else "common"} for i in range(4 * POOL)]


def test_a_pool_has_as_many_texts_of_every_label_and_keeps_their_order():
    kept = pool(ROWS)
    assert len(kept) == 400 + POOL // 2
    assert kept == sorted(kept, key=ROWS.index)


def test_long_texts_stay_out_of_the_pool():
    assert pool([{"text": "x" * LONGEST, "label": "a"}, {"text": "x" * (LONGEST + 1), "label": "a"}]) == [
        {"text": "x" * LONGEST, "label": "a"}
    ]


def test_a_file_holds_text_label_and_part_and_nothing_else():
    written = lines([{"text": "很好", "label": "positive", "user": "someone"}], [{"text": "no", "label": "negative"}])
    assert [json.loads(line) for line in written.splitlines()] == [
        {"text": "很好", "label": "positive", "part": "train"},
        {"text": "no", "label": "negative", "part": "test"},
    ]
