"""The look: one palette, readable in light and dark, nothing from outside."""

from __future__ import annotations

import re

import pytest

from playground.ui.theme import ASSETS, PAPER, PAPER_DARK, VARIABLES, css, head, theme

SHEET = (ASSETS / "whybox.css").read_text("utf-8")


def palette(selector: str) -> dict[str, str]:
    """The colours that a block of the style sheet defines."""
    block = re.search(rf"^{re.escape(selector)} {{(.*?)^}}", SHEET, re.DOTALL | re.MULTILINE)
    assert block is not None
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block[1]))


LIGHT, DARK = palette(":root"), palette(".dark")


def luminance(colour: str) -> float:
    """Relative luminance, https://www.w3.org/TR/WCAG21/#dfn-relative-luminance."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    low, high = sorted([luminance(first), luminance(second)])
    return (high + 0.05) / (low + 0.05)


def test_dark_defines_every_colour_that_light_defines() -> None:
    assert set(LIGHT) == set(DARK)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("ink", ["ink", "soft", "accent", "loop"])
@pytest.mark.parametrize("ground", ["paper", "card"])
def test_text_is_readable(colours: dict[str, str], ink: str, ground: str) -> None:
    assert contrast(colours[ink], colours[ground]) >= 4.5


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("series", [f"series-{i}" for i in range(1, 9)])
def test_lines_are_visible(colours: dict[str, str], series: str) -> None:
    assert contrast(colours[series], colours["card"]) >= 3


def test_the_first_paint_has_the_colour_of_the_paper() -> None:
    assert (LIGHT["paper"], DARK["paper"]) == (PAPER, PAPER_DARK)


def test_gradio_takes_its_colours_from_the_style_sheet() -> None:
    used = {name for value in VARIABLES.values() for name in re.findall(r"var\(--([\w-]+)\)", value)}
    assert used <= set(re.findall(r"--([\w-]+):", SHEET))
    assert "--input-border-color: var(--line);" in theme()._get_theme_css()


def test_every_variable_used_is_defined() -> None:
    used = set(re.findall(r"var\(--([\w-]+)\)", css()))
    assert used <= set(re.findall(r"--([\w-]+):", SHEET))


def test_nothing_comes_from_outside() -> None:
    for text in (css(), head(), theme()._get_theme_css()):
        assert not re.search(r"(src|href|url)[=(]\s*['\"]?https?:", text)
    assert theme()._stylesheets == []


def test_no_media_rule_addresses_what_gradio_would_not_find_in_it() -> None:
    # gradio puts its own container in front of every selector inside @media.
    inside = re.findall(r"@media[^{]*{((?:[^{}]*{[^{}]*})*)\s*}", css())
    assert inside
    assert not any(re.search(r"(:root|(?<![\w-])body|\.gradio-container|\.dark)", rules) for rules in inside)
