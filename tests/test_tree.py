"""The house keeps its own rules: sizes, arrows, and nothing in it about where it was built."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from playground.runtime.logs import FIELDS

REPOSITORY = Path(__file__).resolve().parents[1]
PARTS = ("app.py", ".ci", "assets", "benchmarks", "models", "playground", "tests")
MEGABYTE = 10**6
LEVELS = ("debug", "info", "warning", "error", "exception", "critical")
# Folders of one machine, and hosts that packages come from.
OUTSIDE = re.compile(r"(?<![\w.])/(?:work|root|farm)/|/home/\w|(?:pypi)\.(?:org|python)|python(?:hosted)\.org")


def files() -> Iterator[Path]:
    """Everything that belongs to the project, build products aside."""
    yield from (path for path in REPOSITORY.iterdir() if path.is_file() and not path.name.startswith(".cov"))
    for part in PARTS[1:]:
        for path in (REPOSITORY / part).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".pyi":
                yield path


def texts() -> Iterator[tuple[Path, str]]:
    """The text files among them."""
    for path in files():
        try:
            yield path, path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def test_no_source_file_holds_more_than_one_idea_in_400_lines():
    long = {path.name: lines for path, text in texts() if path.suffix == ".py" and (lines := text.count("\n")) > 400}
    assert long == {}


def log_calls() -> Iterator[tuple[str, ast.Call]]:
    """Every line that is logged under playground/, with its place."""
    for path in (REPOSITORY / "playground").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id="log" | "logger"), attr=name)) if name in LEVELS:
                    yield f"{path.name}:{node.lineno}", node


def test_what_changes_from_call_to_call_is_a_field_of_the_log_line_and_never_in_its_message():
    calls = dict(log_calls())
    assert len(calls) > 10
    assert [place for place, call in calls.items() if len(call.args) != 1] == []
    assert [place for place, call in calls.items() if not isinstance(call.args[0], ast.Constant | ast.Name)] == []


def test_every_field_given_to_a_log_call_is_written():
    given = {
        name.value
        for _, call in log_calls()
        for option in call.keywords
        if option.arg == "extra" and isinstance(option.value, ast.Dict)
        for name in option.value.keys
        if isinstance(name, ast.Constant)
    }
    assert given
    assert given <= set(FIELDS)


def test_the_entry_point_stays_short():
    assert (REPOSITORY / "app.py").read_text(encoding="utf-8").count("\n") <= 60


def test_every_package_says_what_it_is_for():
    packages = [path for path, _ in texts() if path.name == "__init__.py" and "tests" not in path.parts]
    assert [path for path in packages if not path.read_text(encoding="utf-8").startswith('"""')] == []


def test_the_zoo_stays_small():
    sizes = [path.stat().st_size for path in (REPOSITORY / "models" / "zoo").rglob("*") if path.is_file()]
    assert sum(sizes) < 200 * MEGABYTE
    assert max(sizes, default=0) < 30 * MEGABYTE


def test_nothing_names_the_machine_it_was_built_on():
    licence = REPOSITORY / "LICENSE"
    found = [(path.name, match[0]) for path, text in texts() if path != licence for match in OUTSIDE.finditer(text)]
    assert found == []


def test_the_arrows_go_one_way():
    # In a process of its own: import-linter sets up logging for the whole process.
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports; raise SystemExit(lint_imports())"]
    check = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True)
    assert check.returncode == 0, check.stdout + check.stderr
