import html
import json
import re

import numpy as np

from playground.tabs.decoding.frames import DecodingInspection
from playground.tabs.decoding.inspector import MOST_TOKENS, inspector_html
from tests.tabs.decoding.traces import row, trace_of

DECODER = "floor-0.01+repetition-1.2+top-k-2"


def inspected(decoder=DECODER, **changes):
    parts = decoder.split("+")
    stages = len(parts) + 1
    probability = np.zeros((stages, 3), dtype=np.float32)
    probability[:, 0] = 0.75
    values = {
        "row": 0,
        "step": 2,
        "stages": ("model", *parts),
        "tokens": np.array([5, 6, 2], dtype=np.int32),
        "texts": (" <sea>", " b", "<eos>"),
        "probability": probability,
        "kept_size": np.full(stages, 300, dtype=np.int32),
        "entropy": np.full(stages, 1.25, dtype=np.float32),
        "p_eos": np.full(stages, 0.031, dtype=np.float32),
        "eos_kept": np.array([True] * (stages - 1) + [False]),
    }
    return trace_of(
        row(4, decoder), prompt=("<s>", " the"), inspection=DecodingInspection(done=0.0, **values | changes)
    )


def swaps(page):
    return [json.loads(html.unescape(data)) for data in re.findall(r'data-act="([^"]*)"', page) if "swap" in data]


def test_nothing_inspected_shows_nothing():
    assert inspector_html(trace_of(row()), "en") == ""


def test_every_stage_says_how_much_it_keeps_how_sure_it_is_and_where_eos_stands():
    page = inspector_html(inspected(), "en")
    assert page.count("300 kept") == page.count("1.25 nats") == 4
    assert page.count("p(&lt;eos&gt;) 0.031, in") == 3
    assert page.count("p(&lt;eos&gt;) 0.031, cut") == 1


def test_tokens_are_escaped_and_what_is_cut_has_no_number():
    page = inspector_html(inspected(), "en")
    assert "&lt;sea&gt;" in page
    assert "<sea>" not in page
    assert page.count('<td class="number cut">–</td>') == 8


def test_the_token_that_was_taken_is_marked():
    assert inspector_html(inspected(), "en").count('class="chosen"') == 1
    assert inspector_html(inspected(step=40), "en").count('class="chosen"') == 0


def test_neighbours_are_swapped_but_a_bound_stays_first():
    pair = {"act": "swap", "row": 0}
    assert swaps(inspector_html(inspected(), "en")) == [
        pair | {"first": "repetition-1.2", "second": "top-k-2"},
        pair | {"first": "top-k-2", "second": "repetition-1.2"},
    ]
    assert swaps(inspector_html(inspected("temperature-0.7"), "en")) == []


def test_a_long_table_is_cut_but_holds_the_token_that_was_taken():
    many = 20
    probability = np.full((4, many), 0.05, dtype=np.float32)
    tokens = np.arange(100, 100 + many, dtype=np.int32)
    tokens[-1] = 5
    page = inspector_html(inspected(tokens=tokens, texts=("x",) * many, probability=probability), "en")
    assert page.count('<th scope="row"') == MOST_TOKENS + 1


def test_the_text_before_the_step_is_shown():
    assert "&lt;s&gt;" in inspector_html(inspected(step=0), "en")


def test_a_row_that_is_not_there_shows_nothing():
    assert inspector_html(inspected(row=3), "en") == ""
