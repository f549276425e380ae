from __future__ import annotations

import pytest

from playground.runtime.settings import REPOSITORY
from playground.tabs.collapse.ablation.figures import TITLES
from playground.tabs.collapse.ablation.request import AblationRequest
from playground.tabs.collapse.ablation.rows import NONE, ROWS
from playground.tabs.collapse.ablation.tab import MEASURES, PRESETS, VIEW
from playground.tabs.collapse.verdict import VerdictKind
from playground.ui.claims import load_claims
from playground.ui.translations import catalogue

CLAIMS = load_claims(VIEW.folder / "claims.yaml")


def test_every_published_row_is_a_claim_that_can_be_measured_again_with_three_seeds():
    published = {name for name, row in ROWS.items() if row.published != NONE}
    assert {claim.id for claim in CLAIMS} == set(MEASURES) == published
    assert all(claim.measurable for claim in CLAIMS)
    assert all(MEASURES[name].request == AblationRequest(rows=(name,), seeds=3) for name in published)


def test_claims_and_table_show_the_same_published_number():
    assert all(claim.published.split(" ")[0] == ROWS[claim.id].published for claim in CLAIMS)


@pytest.mark.parametrize("name", ROWS)
def test_every_row_has_its_chinese(name):
    row, chinese = ROWS[name], catalogue("zh")
    assert row.title in chinese
    assert not row.remark or row.remark in chinese


def test_titles_verdicts_and_published_words_have_their_chinese():
    words = {*TITLES, *VerdictKind.__args__, *(claim.published for claim in CLAIMS), "unstable"}
    assert words <= set(catalogue("zh"))


def test_the_first_preset_answers_at_once_and_all_stand_in_both_languages():
    assert 3 <= len(PRESETS) <= 6
    assert PRESETS[0].request.estimate() <= 2.5
    assert {preset.title for preset in PRESETS} <= set(catalogue("zh"))


def test_the_notes_tell_the_same_in_both_languages():
    notes = [(VIEW.folder / f"notes.{language}.md").read_text("utf-8") for language in ("en", "zh")]
    assert len({text.count("\n### ") for text in notes}) == 1
    assert len({text.count("\n- ") for text in notes}) == 1


def test_the_snippet_asks_for_the_rows_shown():
    assert "rows=('baseline',), seeds=3, steps=600" in VIEW.snippet(AblationRequest(rows=("baseline",)))


def test_the_recorded_table_is_listed_among_the_assets():
    assert "collapse-ablation.json" in (REPOSITORY / "assets" / "README.md").read_text("utf-8")
