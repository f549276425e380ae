"""The pictures of a run: a card for each variant, with its sections as grids and filmstrips."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from playground.tabs.sampling.frames import Images, SamplingStart
from playground.tabs.sampling.request import SamplingRequest
from playground.tabs.sampling.sections import SWEEP, Section, Variant, group_of, picture_at, sections, swept, variants
from playground.tabs.sampling.view import View
from playground.ui.html import element, text
from playground.ui.image_grid import grid_html, strip_html
from playground.ui.translations import translate

PIXELS = {"mean": "mean pixels", "likeliest": "likeliest pixels", "sampled": "sampled pixels"}
STRIPS = frozenset({"crossed", "walked", "swept"})
HEADINGS = {
    "drawn": "{count} pictures of seed {seed}",
    "kept": "A's first {keep} groups, all others drawn anew",
    "resampled": "Group {group} of A drawn anew",
    "mixed": "A, A with B's groups {from_second}, and B",
    "crossed": "How many groups are A's, from the top; all others are B's",
    "walked": "From A to B",
    "moved": "A, and A moved",
    "swept": "{attribute}, from −1.5 to 1.5",
}


def cards_html(view: View, request: SamplingRequest, language: str) -> str:
    """All variants, beside each other where there are several."""
    shown = variants(request)
    cards = (_card(view, request, number, len(shown), language) for number in range(len(shown)))
    return element("div", *cards, class_="variants" if len(shown) > 1 else None)


def _card(view: View, request: SamplingRequest, number: int, many: int, language: str) -> str:
    start = view.start
    if start is None:
        return ""
    parts = sections(request, len(start.scales), start.attributes)
    found = [(part, view.images(number, place)) for place, part in enumerate(parts)]
    there = [(part, images) for part, images in found if images is not None]
    if not there:
        return ""
    variant = variants(request)[number]
    headings = [_heading(request, part, start, language) for part, _ in there]
    title = _title(request, variant, language) if many > 1 else headings.pop(0)
    shown = [_section(view, request, part, images, language, many) for part, images in there]
    notes = [element("p", text(heading), class_="note section-title") for heading in headings]
    body = notes.pop(0) if many > 1 else ""
    body += shown[0] + "".join(note + section for note, section in zip(notes, shown[1:], strict=True))
    meta = element("span", text(_meta(variant, language)), class_="meta")
    head = element("div", element("h3", text(title)), meta, class_="card-head")
    return element("article", head, body, class_="card")


def _title(request: SamplingRequest, variant: Variant, language: str) -> str:
    """What sets the variant apart from those beside it."""
    if request.beside == "BatchNorm":
        return translate(language, _norm(variant))
    if request.beside == "pixels":
        return translate(language, PIXELS[variant.pixels])
    return translate(language, "Temperature {temperature}", temperature=f"{variant.temperature:g}")


def _meta(variant: Variant, language: str) -> str:
    parts = (
        f"T = {variant.temperature:g}",
        translate(language, _norm(variant)),
        translate(language, PIXELS[variant.pixels]),
    )
    return " · ".join(parts)


def _norm(variant: Variant) -> str:
    return "BatchNorm re-adjusted" if variant.readjusted else "BatchNorm as trained"


def _section(view: View, request: SamplingRequest, part: Section, images: Images, language: str, many: int) -> str:
    assert view.start
    groups = len(view.start.scales)
    pictures = [picture_at(request, part.name, place, groups) for place in range(len(images))]
    subject = str(request.subject)
    selected = next((place for place, picture in enumerate(pictures) if str(picture) == subject), None)
    options: dict[str, Any] = {
        "captions": _captions(part, language)[: len(images)] if part.name in STRIPS else None,
        "act": _acts(request, part, pictures, view.start.attributes),
        "selected": selected,
        "label": _labels(part, language),
    }
    if part.name in STRIPS:
        return strip_html(images, **options)
    return grid_html(images, columns=_columns(part.count, many), **options)


def _columns(count: int, variants: int) -> int:
    """Few pictures are shown large, and small ones where variants stand beside each other."""
    return max(3, min(count, 8 // variants if variants > 1 else 8))


def _heading(request: SamplingRequest, part: Section, start: SamplingStart, language: str) -> str:
    from_second = ", ".join(str(group + 1) for group in request.from_second) or "–"
    name = translate(language, swept(request, start.attributes)) if part.name == "swept" else ""
    return translate(
        language,
        HEADINGS[part.name],
        count=part.count,
        seed=request.seed,
        keep=min(request.keep, len(start.scales)),
        group=group_of(request, len(start.scales)) + 1,
        from_second=from_second,
        attribute=name,
    )


def _captions(part: Section, language: str) -> list[str]:
    if part.name == "walked":
        last = max(part.count - 1, 1)
        return [f"{round(100 * place / last)} %" for place in range(part.count)]
    if part.name == "swept":
        return [f"{amount:+g}".replace("-", "−") if amount else "0" for amount in SWEEP]
    return [str(place) for place in range(part.count)]


def _labels(part: Section, language: str) -> Callable[[int], str]:
    return lambda place: translate(language, "picture {place} of {count}", place=place + 1, count=part.count)


def _acts(
    request: SamplingRequest, part: Section, pictures: Sequence[object], attributes: Sequence[str]
) -> Callable[[int], Mapping[str, Any]] | None:
    """What a click on a picture asks for; nothing where it cannot become A or B."""
    if part.name == "swept":
        name = swept(request, tuple(attributes))
        return lambda place: {"act": "move", "name": name, "value": SWEEP[place]}
    if None in pictures:
        return None
    return lambda place: {"act": "choose", "picture": str(pictures[place])}
