"""README says what is so: its settings, tabs and figures are those of the code, and its code runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from models.recipes.card import figures_row
from playground.page import tab_views
from playground.runtime.settings import Settings

REPOSITORY = Path(__file__).resolve().parents[1]
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
ZOO = REPOSITORY / "models" / "zoo"


def test_every_setting_stands_in_the_readme_with_its_meaning():
    rows = [f"| `PLAYGROUND_{name.upper()}` | {field.description} |" for name, field in Settings.model_fields.items()]
    assert [row for row in rows if row not in README] == []


def test_every_tab_stands_in_the_readme_with_its_question():
    tabs = [view for view in tab_views() if not view.panel_of]
    assert [view.question for view in tabs if f"| {view.question} |" not in README] == []


@pytest.mark.parametrize("folder", sorted(ZOO.iterdir()), ids=lambda folder: folder.name)
def test_the_figures_in_the_readme_are_those_of_the_model(folder: Path):
    assert figures_row(folder) in README.splitlines()


def test_the_front_matter_is_what_a_space_takes():
    matter = yaml.safe_load(README.split("---\n")[1])
    assert (REPOSITORY / matter["app_file"]).is_file()
    assert matter["sdk"] == "gradio"
    assert matter["python_version"] == "3.12"
    assert len(matter["short_description"]) <= 60
    required = (REPOSITORY / "requirements.txt").read_text(encoding="utf-8")
    assert re.search(rf"^gradio>={matter['sdk_version'].rpartition('.')[0]}$", required, re.MULTILINE)


def test_files_and_folders_that_the_readme_links_exist():
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    assert links
    assert [link for link in links if not (REPOSITORY / link).exists()] == []


@pytest.mark.parametrize("block", re.findall(r"```python\n(.*?)```", README, re.DOTALL))
def test_python_in_the_readme_runs(block: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.chdir(REPOSITORY)
    exec(compile(block, "README.md", "exec"), {})
    assert "The old man went down to the sea and" in capsys.readouterr().out
