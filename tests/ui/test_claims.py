"""Claims: the file is validated, the table is escaped and complete."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

import playground
from playground.ui.claims import claims_panel, claims_table, load_claims

OURS = {
    "value": "3.7 % ± 1.1",
    "how": {"en": "1,000 prefixes", "zh": "1000 个前缀"},
    "date": "2026-01-31",
    "commit": "1a2b3c4d",
    "machine": "2 CPU cores",
}
CLAIM = {
    "id": "greedy",
    "claim": {"en": "greedy <eos>", "zh": "贪心"},
    "source": {"title": "Welleck et al. 2020", "url": "https://arxiv.org/abs/2002.02492"},
    "published": "other corpus",
    "ours": OURS,
    "measurable": True,
}
UNMEASURED = {key: value for key, value in CLAIM.items() if key not in ("ours", "measurable")} | {"id": "nucleus"}


def write(path: Path, *claims: dict[str, Any]) -> Path:
    path.write_text(yaml.safe_dump({"claims": list(claims)}), "utf-8")
    return path


def test_a_claim_shows_both_numbers_and_where_they_come_from(tmp_path: Path) -> None:
    table = claims_table(load_claims(write(tmp_path / "claims.yaml", CLAIM)), "en")
    for part in ("greedy &lt;eos&gt;", "other corpus", "3.7 % ± 1.1", "1,000 prefixes", "2 CPU cores", "2026-01-31"):
        assert part in table
    assert 'href="https://arxiv.org/abs/2002.02492"' in table
    assert 'data-claim="greedy"' in table


def test_the_table_speaks_chinese(tmp_path: Path) -> None:
    table = claims_table(load_claims(write(tmp_path / "claims.yaml", CLAIM)), "zh")
    assert "贪心" in table
    assert "语料不同" in table


def test_what_was_not_measured_says_so_and_has_no_button(tmp_path: Path) -> None:
    table = claims_table(load_claims(write(tmp_path / "claims.yaml", UNMEASURED)), "en")
    assert "not measured yet" in table
    assert "data-claim" not in table


def test_a_new_measurement_stands_beside_the_old_one(tmp_path: Path) -> None:
    claims = load_claims(write(tmp_path / "claims.yaml", CLAIM))
    table = claims_table(claims, "en", {"greedy": "3 of 100 <now>"})
    assert "measured again: 3 of 100 &lt;now&gt;" in table
    assert "3.7 % ± 1.1" in table


@pytest.mark.parametrize(
    "change",
    [
        {"id": "with space"},
        {"source": {"title": "x", "url": "javascript:alert(1)"}},
        {"ours": OURS | {"commit": "HEAD"}},
        {"ours": OURS | {"date": "soon"}},
        {"claim": "only one language"},
        {"surprise": 1},
    ],
)
def test_a_wrong_file_is_refused(tmp_path: Path, change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        load_claims(write(tmp_path / "claims.yaml", CLAIM | change))


def test_an_id_may_stand_only_once(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="same id"):
        load_claims(write(tmp_path / "claims.yaml", CLAIM, UNMEASURED | {"id": "greedy"}))


def test_the_panel_holds_the_table(tmp_path: Path) -> None:
    claims = load_claims(write(tmp_path / "claims.yaml", CLAIM))
    assert claims_panel(claims, "en", render=False).value == claims_table(claims, "en")


def test_every_claims_file_of_the_tabs_is_valid() -> None:
    for path in (Path(playground.__file__).parent / "tabs").glob("*/claims.yaml"):
        assert load_claims(path)
