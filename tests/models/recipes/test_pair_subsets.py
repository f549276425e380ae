import json

from models.recipes.pair_subsets import MOST, chosen, lines

ROWS = [{"a": f"text {place}", "b": "other", "label": 1.0} for place in range(3 * MOST)]


def test_so_many_pairs_are_chosen_and_keep_their_order():
    kept = chosen(ROWS)
    assert len(kept) == MOST
    assert kept == sorted(kept, key=ROWS.index)


def test_a_small_part_is_kept_whole():
    assert chosen(ROWS[:3]) == ROWS[:3]


def test_a_file_holds_both_texts_label_and_part_and_nothing_else():
    row = {"a": "很好", "b": "好", "label": 4.5, "genre": "news"}
    assert [json.loads(line) for line in lines({"dev": [row], "test": []}).splitlines()] == [
        {"a": "很好", "b": "好", "label": 4.5, "part": "dev"}
    ]
