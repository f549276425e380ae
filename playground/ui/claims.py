"""Claim against measured: a tab's claims.yaml, validated, and its table.

claims:
  - id: greedy-never-stops          # the name that "measure again" asks for
    claim: {en: …, zh: …}
    source: {title: Welleck et al. 2020, url: https://…}
    published: 12.35 % ± 5.18       # or "other corpus" where the number does not compare
    ours: {value: 3.7 % ± 1.1, how: {en: …, zh: …}, date: 2026-01-31, commit: 1a2b3c4, machine: 2 CPU cores}
    measurable: true                # whether the page can measure it again in reasonable time
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import gradio as gr
import yaml
from pydantic import BaseModel, ConfigDict, Field

from playground.ui.html import element, text
from playground.ui.translations import translate


class Record(BaseModel):
    """A part of a YAML file: frozen, unknown names refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Bilingual(Record):
    """One sentence in both languages."""

    en: str
    zh: str

    def said_in(self, language: str) -> str:
        """The sentence in a language."""
        return self.zh if language == "zh" else self.en


class Source(Record):
    """Where a claim was published."""

    title: str
    url: str = Field(pattern="^https://")


class Measurement(Record):
    """What was measured here: how, when, with which code, on what."""

    value: str
    how: Bilingual
    date: datetime.date
    commit: str = Field(pattern="^[0-9a-f]{7,40}$")
    machine: str


class Claim(Record):
    """A published statement beside what was measured here; `ours` is None until it was."""

    id: str = Field(pattern="^[a-z0-9-]+$")
    claim: Bilingual
    source: Source
    published: str
    ours: Measurement | None = None
    measurable: bool = False


def load_claims(path: Path) -> tuple[Claim, ...]:
    """The claims of a tab's claims.yaml; ValueError where the file is wrong or an id stands twice."""
    claims = tuple(Claim.model_validate(entry) for entry in yaml.safe_load(path.read_text("utf-8"))["claims"])
    if len({claim.id for claim in claims}) < len(claims):
        raise ValueError(f"{path}: two claims have the same id")
    return claims


def claims_table(claims: Sequence[Claim], language: str, again: Mapping[str, str] | None = None) -> str:
    """The table as HTML; `again` holds what the visitor measured, by claim id."""
    heading = element("h3", text(translate(language, "Claim against measured")), class_="card-title")
    titles = [translate(language, "claim"), translate(language, "published"), translate(language, "here"), ""]
    header = element("tr", *(element("th", text(title), scope="col") for title in titles))
    rows = (_row(claim, language, (again or {}).get(claim.id)) for claim in claims)
    return heading + element("div", element("table", header, *rows, class_="table claims"), class_="table-scroll")


def claims_panel(claims: Sequence[Claim], language: str = "en", **options: Any) -> gr.HTML:
    """The table as a component; its `click` event carries the id of the claim to measure again.

    The handler takes `event: gr.EventData` and reads `event.claim`.
    """
    script = """element.addEventListener("click", (event) => {
      const button = event.target.closest("[data-claim]");
      if (button) trigger("click", { claim: button.dataset.claim });
    });"""
    return gr.HTML(claims_table(claims, language), js_on_load=script, apply_default_css=False, **options)


def _row(claim: Claim, language: str, again: str | None) -> str:
    link = element("a", text(claim.source.title), href=claim.source.url, target="_blank", rel="noopener")
    said = text(claim.claim.said_in(language)) + element("span", link, class_="source")
    published = text(translate(language, claim.published))
    return element(
        "tr",
        element("td", said),
        element("td", published, class_="number", data_label=translate(language, "published")),
        element("td", _ours(claim, language, again), class_="number", data_label=translate(language, "here")),
        element("td", _button(claim, language)),
    )


def _ours(claim: Claim, language: str, again: str | None) -> str:
    said = translate(language, "measured again: {value}", value=again) if again else ""
    now = element("span", text(said), class_="source") if again else ""
    if claim.ours is None:
        return text(translate(language, "not measured yet")) + now
    ours = claim.ours
    where = f"{ours.how.said_in(language)} · {ours.machine} · {ours.date} · {ours.commit[:7]}"
    return text(translate(language, ours.value)) + now + element("span", text(where), class_="source")


def _button(claim: Claim, language: str) -> str:
    if not claim.measurable:
        return ""
    title = text(translate(language, "measure again"))
    return element("button", title, type="button", class_="chip small", data_claim=claim.id)
