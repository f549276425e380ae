"""English is the key: every sentence of the page is looked up in translations/<language>.yaml.

Text made on the server goes through :func:`translate`; labels that gradio shows are marked with
:func:`label` and looked up in the browser, from the dictionary that :func:`i18n` hands to `launch`.
Which language that is, `?lang=` says before what the browser prefers: see `ui.page_language`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Literal, TypeVar, get_args
from urllib.parse import parse_qs, urlsplit

import gradio as gr
import yaml
from gradio.i18n import I18nData

Language = Literal["en", "zh"]
Words = TypeVar("Words")
FOLDER = Path(__file__).with_suffix("")


def translate(language: str, message: str, **values: object) -> str:
    """The sentence in a language, filled with values; English where there is no translation.

    >>> translate("en", "At most {n} characters.", n=80)
    'At most 80 characters.'
    """
    template = catalogue(language).get(message, message)
    return template.format(**values) if values else template


def in_every_language(words: Callable[[str], Words]) -> dict[str, Words]:
    """What a script of the page says, by language: the browser picks its own."""
    return {language: words(language) for language in get_args(Language)}


@cache
def catalogue(language: str) -> dict[str, str]:
    """All translations into a language, by their English sentence; empty for English."""
    path = FOLDER / f"{language}.yaml"
    return {} if language == "en" else dict(yaml.safe_load(path.read_text("utf-8")))


def label(message: str) -> I18nData:
    """A label, help text or placeholder that the browser translates.

    gradio's page finds the end of a marked key at its first brace, so templates cannot be labels.
    """
    if "{" in message or "}" in message:
        raise ValueError(f"a label has no placeholders: {message!r}")
    return I18nData(message)


def i18n() -> gr.I18n:
    """The dictionary for `launch(i18n=…)`; English stands in it so that the browser finds every key."""
    chinese = {key: value for key, value in catalogue("zh").items() if "{" not in key}
    return gr.I18n(en={key: key for key in chinese}, zh=chinese)


def language_of(request: gr.Request | None) -> Language:
    """The visitor's language: `?lang=` of the page, else what the browser prefers, else English.

    The calls that follow the first page load carry the page's address only as their referer.
    """
    if request is None:
        return "en"
    headers = request.headers
    asked = dict(request.query_params).get("lang") or _lang_of_url(headers.get("referer") or "")
    return _supported(asked) or _preferred(headers.get("accept-language") or "")


def _lang_of_url(url: str) -> str:
    try:
        return parse_qs(urlsplit(url).query).get("lang", [""])[0]
    except ValueError:
        return ""


def _supported(tag: str) -> Language | None:
    primary = re.split(r"[-_]", tag.strip().lower(), maxsplit=1)[0]
    return "zh" if primary == "zh" else "en" if primary == "en" else None


def _preferred(accept_language: str) -> Language:
    """The supported language with the highest quality; the first one of equals."""
    best: tuple[float, Language] = (0.0, "en")
    for part in accept_language.split(","):
        tag, _, parameter = part.partition(";")
        quality = re.fullmatch(r"\s*q=([01](?:\.\d{0,3})?)\s*", parameter) if parameter else None
        weight = float(quality[1]) if quality else 0.0 if parameter else 1.0
        language = _supported(tag)
        if language and weight > best[0]:
            best = (weight, language)
    return best[1]
