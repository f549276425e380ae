"""The map of the groups: a tile each, with where it tells about A, its KL and its active channels."""

from __future__ import annotations

import json

import numpy as np
import numpy.typing as npt

from playground.tabs.sampling.frames import GroupMap, SamplingStart
from playground.tabs.sampling.request import SamplingRequest
from playground.tabs.sampling.sections import group_of
from playground.tabs.sampling.view import View
from playground.ui.html import element, text
from playground.ui.image_grid import image_html
from playground.ui.translations import translate

TEAL = (47, 143, 136)  # readable on paper and on ink


def groups_html(view: View, request: SamplingRequest, language: str) -> str:
    """All groups from the top; before their map is there, tiles without figures."""
    start, found = view.start, view.groups
    if start is None:
        return ""
    title = element("h3", text(translate(language, "What each group tells")), class_="card-title")
    total = translate(language, "{kl} nats in all", kl=f"{float(found.kl.sum()):.1f}") if found else "…"
    head = element("div", title, element("span", text(total), class_="meta"), class_="card-head")
    tiles = (_tile(start, found, request, group, language) for group in range(len(start.scales)))
    note = translate(
        language,
        "From the top, left to right. Squares: where a group tells about A. Below: KL in nats and active channels, "
        "on average over 16 pictures of the model's own.",
    )
    below = element("p", text(note), class_="note")
    return element("div", head, element("div", *tiles, class_="group-tiles"), below, class_="card")


def _tile(start: SamplingStart, found: GroupMap | None, request: SamplingRequest, group: int, language: str) -> str:
    """A button where the mode lets one choose groups."""
    said = _said(start, found, group, language) if found else f"{group + 1}"
    square = heat(found, group) if found else np.zeros((int(start.sides[group]),) * 2 + (4,), np.uint8)
    owner = _owner(request, group, len(start.scales))
    badge = element("span", text(owner), class_="owner") if owner else ""
    name = element("span", text(f"{group + 1} · {start.sides[group]}×{start.sides[group]}"), class_="group-name")
    picture = element("span", image_html(square, said), badge, class_="heat pixelated")
    body = picture + name + _figures(start, found, group)
    class_ = "tile chosen" if owner else "tile"
    if request.mode not in ("keep", "resample", "mix"):
        return element("div", body, class_=class_, title_=said)
    data, pressed = json.dumps({"act": "group", "group": group}), "true" if owner else "false"
    return element("button", body, type="button", class_=class_, data_act=data, title_=said, aria_pressed=pressed)


def _figures(start: SamplingStart, found: GroupMap | None, group: int) -> str:
    """A bar as long as the group's share of the largest KL, the KL, and the active channels."""
    if found is None:
        return element("span", class_="kl", style="--share: 0") + element("b", "…")
    nats = float(found.kl[group])
    bar = element("span", class_="kl", style=f"--share: {nats / max(float(found.kl.max()), 1e-9):.3f}")
    number = element("b", text(f"{nats:.1f}" if nats < 100 else f"{nats:,.0f}"))
    return bar + number + element("small", text(f"{int(found.active[group])}/{start.channels}"))


def _said(start: SamplingStart, found: GroupMap, group: int, language: str) -> str:
    """The tile in words."""
    return translate(
        language,
        "Group {group}, {side}×{side}: {kl} nats, {active} of {channels} channels active",
        group=group + 1,
        side=int(start.sides[group]),
        kl=f"{float(found.kl[group]):.1f}",
        active=int(found.active[group]),
        channels=start.channels,
    )


def _owner(request: SamplingRequest, group: int, groups: int) -> str:
    """The mark of a group that the mode singles out."""
    if request.mode == "keep":
        return "A" if group < request.keep else ""
    if request.mode == "resample":
        return "↻" if group == group_of(request, groups) else ""
    if request.mode == "mix":
        return "B" if group in request.from_second else ""
    return ""


def heat(found: GroupMap, group: int) -> npt.NDArray[np.uint8]:
    """The subject's nats at every place as an image (side, side, 4), all groups on one scale."""
    most = max(float(nats.max()) for nats in found.maps)
    nats = found.maps[group]
    image = np.empty((*nats.shape, 4), np.uint8)
    image[..., :3] = TEAL
    image[..., 3] = np.rint(255 * np.sqrt(np.clip(nats / max(most, 1e-9), 0, 1)))
    return image
