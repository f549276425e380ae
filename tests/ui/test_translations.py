"""Languages: lookup, choice of language, and that no sentence of the page lacks its Chinese."""

from __future__ import annotations

import ast
import json
import string
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import playground
from playground.runtime import errors
from playground.ui.translations import catalogue, i18n, label, language_of, translate

SOURCES = Path(playground.__file__).parent
ERRORS = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, Exception)}
FIRST_ARGUMENT = {"Note", "Preset", "label"} | ERRORS  # calls whose first argument is a sentence
SECOND_ARGUMENT = {"translate", "translated"}  # calls whose second argument is one
KEYWORDS = {"control": ("title", "help"), "TabView": ("question", "lead"), "Preset": ("title",)}


def request(query: str = "", accept: str = "", referer: str = "") -> SimpleNamespace:
    """What language_of reads of a gr.Request."""
    pairs = dict([query.split("=", 1)]) if query else {}
    return SimpleNamespace(query_params=pairs, headers={"accept-language": accept, "referer": referer})


def sentences() -> Iterator[str]:
    """Every English sentence that the sources show to people."""
    for path in SOURCES.rglob("*.py"):
        module = ast.parse(path.read_text("utf-8"))
        yield from (sentence for sentence in named_sentences(module) if sentence.endswith("."))
        for node in ast.walk(module):
            if isinstance(node, ast.Call):
                yield from sentences_of(node)


def named_sentences(module: ast.Module) -> Iterator[str]:
    """Text of the module's capitalised constants."""
    for node in module.body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "").isupper():
            yield from constants(node.value)


def sentences_of(call: ast.Call) -> Iterator[str]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    position = 0 if name in FIRST_ARGUMENT else 1 if name in SECOND_ARGUMENT else len(call.args)
    named = [keyword.value for keyword in call.keywords if keyword.arg in KEYWORDS.get(name, ())]
    for node in [*call.args[position : position + 1], *named]:
        yield from constants(node)


def constants(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        yield node.value
    if isinstance(node, ast.IfExp):
        yield from (*constants(node.body), *constants(node.orelse))


def placeholders(template: str) -> set[str | None]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def test_every_sentence_of_the_page_has_its_chinese() -> None:
    missing = sorted(set(sentences()) - set(catalogue("zh")))
    assert missing == []


def test_the_collector_sees_calls_keywords_and_choices() -> None:
    source = 'translate(x, "a" if y else "b"), Note("c"), Busy("d"), control(1, title="e", help="f"), print("g")'
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    assert {sentence for call in calls for sentence in sentences_of(call)} == set("abcdef")


@pytest.mark.parametrize("english", catalogue("zh"))
def test_a_translation_keeps_the_placeholders(english: str) -> None:
    assert placeholders(catalogue("zh")[english]) == placeholders(english)


def test_values_fill_the_sentence_in_both_languages() -> None:
    assert translate("en", "measured again: {value}", value=3) == "measured again: 3"
    assert translate("zh", "measured again: {value}", value=3).startswith("重新测得")


@given(st.text())
def test_an_unknown_sentence_is_itself(message: str) -> None:
    assert translate("zh", f"§{message}") == f"§{message}"


@pytest.mark.parametrize(
    ("asked", "accept", "language"),
    [
        ("lang=zh", "en", "zh"),
        ("lang=en", "zh-CN", "en"),
        ("lang=zh-TW", "", "zh"),
        ("lang=%00", "zh", "zh"),
        ("", "zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("", "de,en;q=0.7,zh;q=0.3", "en"),
        ("", "en;q=0.2, zh;q=0.9", "zh"),
        ("", "zh;q=0", "en"),
        ("", "fr", "en"),
        ("", ";;,=q;q=9", "en"),
    ],
)
def test_the_language_is_asked_for_or_preferred(asked: str, accept: str, language: str) -> None:
    assert language_of(request(asked, accept)) == language


def test_calls_of_a_page_follow_its_address() -> None:
    assert language_of(request(accept="en", referer="http://127.0.0.1/?tab=decoding&lang=zh")) == "zh"


def test_nobody_asking_speaks_english() -> None:
    assert language_of(None) == "en"


@given(st.text(), st.text(), st.text())
def test_no_header_whatever_breaks_the_choice(lang: str, accept: str, referer: str) -> None:
    assert language_of(request(f"lang={lang}", accept, referer)) in ("en", "zh")


def test_labels_are_marked_for_the_browser_and_known_to_it() -> None:
    marked = json.loads(str(label("Run")).removeprefix("__i18n__"))
    tables = i18n().translations_dict
    assert tables["zh"][marked["key"]] == "运行"
    assert tables["en"][marked["key"]] == "Run"


def test_a_label_with_a_placeholder_is_refused() -> None:
    with pytest.raises(ValueError, match="placeholder"):
        label("{n} tokens")
